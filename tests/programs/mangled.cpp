/* mangled: main calls a function of C++, that one of Rust's name, that innermost. */
// gcc: -fno-optimize-sibling-calls

extern "C" __attribute__((noinline)) void *innermost(int a) {
  __asm__ volatile("" : : "r"(a) : "memory");
  return __builtin_return_address(0);
}

/* What rustc calls <example::Shape<[u8; 4]>>::area. */
int area(int a) __asm__("_RNvMCs1_7exampleINtB2_5ShapeAhj4_E4area");
__attribute__((noinline)) int area(int a) { return innermost(a) != nullptr; }

namespace ns {
struct Counter {
  long total = 0;
  __attribute__((noinline)) long add(long a) { return total += a + area(static_cast<int>(a)); }
};
}

int main() {
  ns::Counter counter;
  return counter.add(3) == 0;
}
