/*
 * usdt TIMES: static probes with every form of argument, in a loop. The notes are written here by hand, in the form that <sys/sdt.h>
 * gives them, so that the test says itself where each argument lies.
 */
#include <stdio.h>
#include <stdlib.h>

#define TEXT(x) #x
/* PROBE(NAME, ARGUMENTS as text, SEMAPHORE or 0, operands of the asm statement …) */
#define PROBE(name, arguments, semaphore, ...)                                                                                       \
  __asm__ volatile("990: nop\n"                                                                                                      \
                   ".pushsection .note.stapsdt,\"\",\"note\"\n"                                                                      \
                   ".balign 4\n.4byte 992f-991f, 994f-993f, 3\n"                                                                     \
                   "991: .asciz \"stapsdt\"\n992: .balign 4\n"                                                                       \
                   "993: .8byte 990b, 0, " TEXT(semaphore) "\n"                                                                      \
                   ".asciz \"test\"\n.asciz \"" name "\"\n.asciz \"" arguments "\"\n994: .balign 4\n.popsection\n" ::__VA_ARGS__ : "memory")

/* How many probe it: kept by the kernel. */
__attribute__((section(".probes"), used)) unsigned short guarded_semaphore;

__attribute__((used)) int counter[2] = {0, -42};
struct thing {
  int before, field;
};

__attribute__((noinline)) void values(int a, unsigned char b, short c, const char *text) {
  PROBE("values", "-4@%%edi 1@%%sil -2@%%dx -4@$-7 8@%%rcx", 0, "D"(a), "S"(b), "d"(c), "c"(text));
}

__attribute__((noinline)) void memory(struct thing *thing, unsigned short *elements, long index, int two_bytes) {
  PROBE("memory", "-4@4(%%rdi) 2@(%%rsi,%%rdx,2) -4@counter+4(%%rip) 1@%%ah", 0, "D"(thing), "S"(elements), "d"(index),
        "a"(two_bytes));
}

int main(int argc, char **argv) {
  int times = argc > 1 ? atoi(argv[1]) : 1;
  struct thing thing = {1, 100};
  unsigned short elements[] = {1, 2, 3};
  /* On the stack, which is in memory: the kernel can't fetch pages for a probe. */
  char text[] = "word";
  volatile unsigned short *semaphore = &guarded_semaphore;
  for (int i = 0; i < times; i++) {
    values(-i - 1, 200, -3, text);
    memory(&thing, elements, 2, 0x1122);
    PROBE("twice", "-4@%%ebx", 0, "b"(10));
    PROBE("twice", "-4@%%esi", 0, "S"(2));
    if (*semaphore) PROBE("guarded", "-4@%%edi", guarded_semaphore, "D"(1));
    PROBE("unguarded", "2@%%di", 0, "D"(*semaphore));
  }
  return 0;
}
