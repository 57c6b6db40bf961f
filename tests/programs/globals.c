/* globals: has variables of several sizes, and calls leave. */
unsigned char small = 7;
unsigned long large = 123456789012;
unsigned char words[16] = {1, 2, 3, 4, 5, 6, 7, 8};

__attribute__((noinline)) void *leave(int a) {
  __asm__ volatile("" : : "r"(a) : "memory");
  return __builtin_return_address(0);
}

int main(void) { return leave(small + (int)large + words[0]) == 0; }
