/* waits: calls marker when it has read a byte, and ends. */
#include <unistd.h>

__attribute__((noinline)) void *marker(int a) {
  __asm__ volatile("" : : "r"(a) : "memory");
  return __builtin_return_address(0);
}

int main(void) {
  char byte;
  if (read(0, &byte, 1) != 1) return 1;
  return marker(byte) == 0;
}
