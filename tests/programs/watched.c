/* watched TIMES [MILLISECONDS]: writes a variable that often, with a pause between, then reads it once. Variable and function have addresses that tests know. */
// gcc: -no-pie -Wl,--section-start=.watched=0x10000000 -Wl,--section-start=.watched_text=0x10010000
#include <stdlib.h>
#include <unistd.h>

/* Not zero at first: then nothing else writes there. */
__attribute__((section(".watched"))) volatile long watched_variable = -1;

__attribute__((noinline, section(".watched_text"))) void write_it(long value) { watched_variable = value; }

int main(int argc, char **argv) {
  long times = argc > 1 ? atol(argv[1]) : 1;
  long pause = argc > 2 ? atol(argv[2]) : 0;
  for (long i = 0; i < times; i++) {
    if (i > 0) usleep(pause * 1000);
    write_it(i);
  }
  return watched_variable != times - 1;
}
