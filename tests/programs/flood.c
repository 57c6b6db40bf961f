/* flood WRITES [held]: writes one byte to /dev/null so often, as fast as it can; `held` stops its parent meanwhile. */
// gcc: -O1
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A function to be probed, called for each write. */
__attribute__((noinline)) int put(int fd) { return write(fd, "x", 1) != 1; }

int main(int argc, char **argv) {
  long writes = argc > 1 ? atol(argv[1]) : 1;
  int held = argc > 2 && strcmp(argv[2], "held") == 0, status = 0;
  int null = open("/dev/null", O_WRONLY);
  /* Nobody takes from the ring then: what does not fit into it is lost for certain. */
  if (held) kill(getppid(), SIGSTOP);
  for (long i = 0; i < writes && status == 0; i++) status = put(null);
  if (held) kill(getppid(), SIGCONT);
  return status;
}
