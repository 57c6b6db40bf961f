/* reader READS BYTES [MS]: reads so often so many bytes of /dev/zero, writes each to /dev/null, calls add_up(i, 100) as often,
 * then sum_six(1, 2, 3, 4, 5, address of add_up), and stays for a while. */
// gcc: -O1
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

__attribute__((noinline)) long add_up(int a, long b) {
  __asm__ volatile("");
  return a + b;
}

/* As many arguments as registers pass; returns their sum. */
__attribute__((noinline)) long sum_six(long a, long b, long c, long d, long e, long f) {
  __asm__ volatile("");
  return a + b + c + d + e + f;
}

int main(int argc, char **argv) {
  int reads = argc > 1 ? atoi(argv[1]) : 1;
  int bytes = argc > 2 ? atoi(argv[2]) : 1;
  /* On the stack, which is in memory: the kernel can't fetch pages for a probe that wants to read a path. */
  char zero_path[] = "/dev/zero", null_path[] = "/dev/null";
  int zero = open(zero_path, O_RDONLY), null = open(null_path, O_WRONLY);
  char *buffer = malloc(bytes);
  volatile long total = 0;
  for (int i = 0; i < reads; i++) {
    if (read(zero, buffer, bytes) != bytes || write(null, buffer, bytes) != bytes) return 1;
    total += add_up(i, 100);
  }
  total += sum_six(1, 2, 3, 4, 5, (long)add_up);
  if (argc > 3) usleep(1000 * atoi(argv[3]));
  return 0;
}
