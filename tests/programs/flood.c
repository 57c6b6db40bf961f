/* flood WRITES: writes one byte to /dev/null so often, as fast as it can. */
// gcc: -O1
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv) {
  long writes = argc > 1 ? atol(argv[1]) : 1;
  int null = open("/dev/null", O_WRONLY);
  for (long i = 0; i < writes; i++)
    if (write(null, "x", 1) != 1) return 1;
  return 0;
}
