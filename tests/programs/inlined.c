/*
 * inlined: main calls outer, into which middle is inlined, and into that innermost, which calls marker. Says which lines the calls
 * stand on: `line NAME NUMBER`.
 */
// gcc: -O2 -fno-optimize-sibling-calls
#include <stdio.h>

static int lines[4];

__attribute__((noinline)) void *marker(int a) { lines[0] = __LINE__;
  __asm__ volatile("" : : "r"(a) : "memory");
  return __builtin_return_address(0);
}

static inline __attribute__((always_inline)) int innermost(int a) {
  lines[1] = __LINE__ + 1;
  return marker(a) != 0;
}

static inline __attribute__((always_inline)) int middle(int a) {
  lines[2] = __LINE__ + 1;
  return innermost(a + lines[1]) + 2;
}

__attribute__((noinline)) int outer(int a) {
  lines[3] = __LINE__ + 1;
  return middle(a) + lines[2];
}

int main(void) {
  int result = outer(3);
  printf("line marker %d\nline innermost %d\nline middle %d\nline outer %d\n", lines[0], lines[1], lines[2], lines[3]);
  return result == 0;
}
