/* ticker: says that it is there, then calls tick(0), tick(1) … every 10 ms until its standard input ends. */
#include <poll.h>
#include <stdio.h>

__attribute__((noinline)) long tick(long count) {
  __asm__ volatile("" ::: "memory");
  return count + 1;
}

int main(void) {
  struct pollfd input = {.fd = 0, .events = POLLIN};
  long count = 0;
  puts("ready");
  fflush(stdout);
  while (poll(&input, 1, 10) == 0) count = tick(count);
  return 0;
}
