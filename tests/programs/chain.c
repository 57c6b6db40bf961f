/*
 * chain TIMES [MS]: main calls outer, that middle, that leaf, that marker, so often; then stays for a while.
 * Says on stdout what a stack at the entry of marker must be, found without frame pointers, by glibc: a line `truth ADDRESS` per frame,
 * innermost first; and where its functions lie, in memory and in the file: `function NAME ADDRESS OFFSET`.
 */
// gcc: -fno-optimize-sibling-calls
#include <execinfo.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

extern const ElfW(Ehdr) __ehdr_start;

static void *frames[32];
static int frame_count;

__attribute__((noinline)) void *marker(int a) {
  __asm__ volatile("" : : "r"(a) : "memory");
  return __builtin_return_address(0);
}

__attribute__((noinline)) int leaf(int a) {
  frame_count = backtrace(frames, 32);
  /* backtrace() says where it was itself called; at marker's entry leaf is where that returns to. */
  frames[0] = marker(a);
  return a + 1;
}
__attribute__((noinline)) int middle(int a) { return leaf(a) + 1; }
__attribute__((noinline)) int outer(int a) { return middle(a) + 1; }

static void function(const char *name, void *address) {
  printf("function %s %lx %lx\n", name, (long)address, (long)address - (long)&__ehdr_start);
}

int main(int argc, char **argv) {
  int times = argc > 1 ? atoi(argv[1]) : 1;
  /* The unwinder is loaded by the first call, and not by the ones that are traced. */
  backtrace(frames, 1);
  for (int i = 0; i < times; i++) outer(i);
  printf("truth %lx\n", (long)marker);
  for (int i = 0; i < frame_count; i++) printf("truth %lx\n", (long)frames[i]);
  function("marker", marker);
  function("leaf", leaf);
  function("middle", middle);
  function("outer", outer);
  function("main", main);
  fflush(stdout);
  if (argc > 2) usleep(1000 * atoi(argv[2]));
  return 0;
}
