/* Functions with parameters of every kind, for tests of what debug information says of them. */
#include <stdbool.h>
#include <stdio.h>

enum color { RED, GREEN = 5 };

struct point {
  int x;
  unsigned char tag : 3;
  signed int deep : 5;
  long y;
  const struct point *next;
  char name[8];
  union {
    short low;
    int whole;
  };
};

struct pair {
  int a, b;
};

struct wide {
  long u, v;
};

#define APART __attribute__((noinline, noclone, noipa))

APART int mixed(int count, const struct point *at, const char *name, enum color color, bool yes, signed char minus,
                long seventh, double real, struct pair pair, short last) {
  return count + at->x + name[0] + (int) color + yes + minus + (int) seventh + (int) real + pair.a + last;
}

APART double halved(double real, int after) { return real / after; }

APART long sum(struct wide wide, int after) { return wide.u + wide.v + after; }

APART struct point moved(int by) { return (struct point) {.x = by, .name = "moved"}; }

APART signed char small(int value) { return (signed char) value; }

APART void nothing(void) { __asm__ volatile(""); }

int main(void) {
  struct point far = {.x = 77};
  struct point near = {.x = -3, .tag = 5, .deep = -7, .y = 1L << 40, .next = &far, .name = "near", .whole = 0x12345};
  long total = mixed(41, &near, "hello", GREEN, true, -2, -7777777777L, 1.5, (struct pair) {3, -4}, -9);
  nothing();
  total += sum((struct wide) {1, 2}, 3) + (long) halved(5.0, 2) + moved(6).x + small(-8);
  printf("total %ld\n", total);
  return 0;
}
