/*
 * hot: reads lines `write COUNT` and `call COUNT`, does that so often as fast as it can (one byte to /dev/null, a call of hot_call),
 * and answers each with the nanoseconds that it took. Ends with its input. For the benchmarks.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

__attribute__((noinline)) long hot_call(long value) {
  __asm__ volatile("" : "+r"(value));
  return value;
}

static long now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return at.tv_sec * 1000000000L + at.tv_nsec;
}

int main(void) {
  int null = open("/dev/null", O_WRONLY);
  char what[16];
  long count;
  while (scanf("%15s %ld", what, &count) == 2) {
    long start = now();
    if (strcmp(what, "write") == 0) {
      for (long i = 0; i < count; i++)
        if (write(null, "x", 1) != 1) return 1;
    } else {
      for (long i = 0; i < count; i++) hot_call(i);
    }
    printf("%ld\n", now() - start);
    fflush(stdout);
  }
  return 0;
}
