/* crowd THREADS WRITES: so many threads at once, spread over the CPUs, write one byte to /dev/null so often each. */
// gcc: -O1 -pthread
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

static int null;
static long writes;

static void *work(void *number) {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET((long)number % sysconf(_SC_NPROCESSORS_ONLN), &one);
  /* Where it may not run there, it runs elsewhere. */
  sched_setaffinity(0, sizeof one, &one);
  for (long i = 0; i < writes; i++)
    if (write(null, "x", 1) != 1) exit(1);
  return NULL;
}

int main(int argc, char **argv) {
  long threads = argc > 1 ? atol(argv[1]) : 1;
  writes = argc > 2 ? atol(argv[2]) : 1;
  null = open("/dev/null", O_WRONLY);
  pthread_t workers[64];
  if (threads > 64) return 1;
  for (long i = 0; i < threads; i++)
    if (pthread_create(&workers[i], NULL, work, (void *)i)) return 1;
  for (long i = 0; i < threads; i++) pthread_join(workers[i], NULL);
  return 0;
}
