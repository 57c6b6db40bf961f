/*
 * preempted MS: three threads of rising priority on one CPU call touch(text) with texts of their own. The lowest never rests; the
 * others wake by timers, wherever the one below is at that moment. Prints how many calls there were.
 */
// gcc: -O1
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { text_bytes = 100 };
static atomic_int done;
static atomic_long calls;

__attribute__((noinline)) void touch(const char *text) { __asm__ volatile("" ::"r"(text)); }

static void *run(void *argument) {
  long priority = (long)argument;
  char text[text_bytes + 1] = {0};
  memset(text, 'a' + (int)priority, text_bytes);
  struct sched_param parameter = {.sched_priority = (int)priority};
  if (priority > 0) pthread_setschedparam(pthread_self(), SCHED_FIFO, &parameter);
  while (!done) {
    touch(text);
    calls++;
    if (priority > 0) nanosleep(&(struct timespec){.tv_nsec = 100000 + 170000 * priority}, NULL);
  }
  return NULL;
}

int main(int argc, char **argv) {
  pthread_t threads[3];
  cpu_set_t first;
  CPU_ZERO(&first);
  CPU_SET(0, &first);
  sched_setaffinity(0, sizeof first, &first);
  for (long priority = 0; priority < 3; priority++)
    pthread_create(&threads[priority], NULL, run, (void *)priority);
  usleep(1000 * (argc > 1 ? atoi(argv[1]) : 1000));
  done = 1;
  for (int at = 0; at < 3; at++) pthread_join(threads[at], NULL);
  printf("calls %ld\n", (long)calls);
  return 0;
}
