/* shapes TIMES: calls C++ functions of every form of name that often: in a namespace, overloaded, a method, an operator, a template, a local one. */
#include <cstdlib>

/* What a function does must not be known, or the compiler takes its call out of the loop. */
#define OPAQUE __asm__ volatile("" ::: "memory")

namespace shape {
long area(long width, long height) { OPAQUE; return width * height; }
long area(long side) { OPAQUE; return side * side; }

struct Square {
  long side;
  long grow(long by) { OPAQUE; return side += by; }
  long operator()(long factor) const { OPAQUE; return side * factor; }
};

template <typename T> T twice(T value) { OPAQUE; return value + value; }
} // namespace shape

namespace {
long hidden(long value) { OPAQUE; return value - 1; }
} // namespace

int main(int argc, char **argv) {
  int times = argc > 1 ? std::atoi(argv[1]) : 1;
  volatile long total = 0;
  shape::Square square{2};
  for (int i = 0; i < times; i++) {
    total = total + shape::area(2, 3) + shape::area(4);
    total = total + square.grow(1) + square(2);
    total = total + shape::twice<long>(5) + hidden(7);
  }
  return 0;
}
