/* For goldens: sums.ll is what becomes of it. */
int total(int a, signed char b, _Bool c) { return a + b + c; }
unsigned short first(const void *text) { return *(const unsigned char *)text; }
