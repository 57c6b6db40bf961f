/* forks: a child that executes nothing calls in_child through child, and ends. */
// gcc: -fno-optimize-sibling-calls
#include <sys/wait.h>
#include <unistd.h>

int a_variable = 7;

__attribute__((noinline)) void *in_child(int *a) {
  __asm__ volatile("" : : "r"(a) : "memory");
  return __builtin_return_address(0);
}

__attribute__((noinline)) int child(void) { return in_child(&a_variable) == 0; }

int main(void) {
  pid_t pid = fork();
  if (pid == 0) _exit(child());
  int status;
  return waitpid(pid, &status, 0) != pid || status != 0;
}
