/** Sources with inlined functions in all the ways that compilers make them, for readers of debug information. */

/** Lexical blocks, recursion, functions of several ranges (a cold part), calls at the very end. */
export const cSource = `#include <stdio.h>
#include <stdlib.h>
static inline __attribute__((always_inline)) int twice(int a) {
  int sum = 0;
  for (int i = 0; i < a; i++) {
    int square = i * i;
    sum += square > 10 ? square : printf("%d", square);
  }
  return sum;
}
static inline __attribute__((always_inline)) int thrice(int a) { return twice(a) + twice(a + 1) + (a > 3 ? twice(2) : 0); }
__attribute__((noinline)) int rare(int a) {
  if (__builtin_expect(a == 12345, 0)) { fprintf(stderr, "rare %d", thrice(a)); abort(); }
  return thrice(a) * 2;
}
int main(int argc, char **argv) { return rare(argc) + thrice(argc); }
`;

/** Namespaces, methods, templates, lambdas. */
export const cppSource = `#include <vector>
#include <cstdio>
namespace ns {
template <typename T> struct Box {
  T value;
  __attribute__((always_inline)) T get(T more) const { return value + more; }
};
inline __attribute__((always_inline)) int sum(const std::vector<int> &all) {
  int total = 0;
  for (int one : all) total += Box<int>{one}.get(1);
  return total;
}
}
__attribute__((noinline)) int work(int n) {
  std::vector<int> all;
  auto add = [&](int i) __attribute__((always_inline)) { all.push_back(i * n); };
  for (int i = 0; i < n; i++) add(i);
  return ns::sum(all);
}
int main(int argc, char **) { std::printf("%d", work(argc)); return 0; }
`;
