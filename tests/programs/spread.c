/* spread: on each CPU that it may run on, the i-th of them, writes i bytes to /dev/null three times; then, once, as many thousand bytes as
 * there are CPUs. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

static char bytes[1 << 20];

int main(void) {
  int null = open("/dev/null", O_WRONLY), used = 0;
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof allowed, &allowed)) return 1;
  for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
    cpu_set_t one;
    if (!CPU_ISSET(cpu, &allowed)) continue;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    if (sched_setaffinity(0, sizeof one, &one)) return 1;
    used++;
    for (int i = 0; i < 3; i++)
      if (write(null, bytes, used) != used) return 1;
  }
  return write(null, bytes, used * 1000) != used * 1000;
}
