/* tasks DEED...: what programs do with processes, threads, signals and time. */
#define _GNU_SOURCE
#include "deeds.h"
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

static void pause_ms(long ms) { nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL); }

static void stay_on(int cpu) {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(cpu, &one);
  must(sched_setaffinity(0, sizeof one, &one) == 0);
}

static long now_ms(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

__attribute__((noinline)) static void spin_ms(long ms) {
  for (long end = now_ms() + ms; now_ms() < end;) __asm__ volatile("");
}

static void in_child(void (*act)(void)) {
  pid_t child = fork();
  must(child >= 0);
  if (child == 0) {
    act();
    _exit(0);
  }
  must(waitpid(child, NULL, 0) == child);
}

static void run_true(void) { execl("/bin/true", "true", "with", "two arguments", NULL); }
static void run_absent(void) { execl("./absent", "absent", NULL); }

/* One program that starts, one that does not. */
static void execs(void) {
  in_child(run_true);
  in_child(run_absent);
}

static void exit_three(void) { _exit(3); }
static void be_killed(void) { raise(SIGKILL); }
static void crash(void) {
  setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
  *(volatile int *)8 = 1;
}

/* Three children: one ends with a status, one is killed, one crashes. */
static void ends(void) {
  in_child(exit_three);
  in_child(be_killed);
  in_child(crash);
}

static void *wait_a_little(void *unused) {
  pause_ms(5);
  return unused;
}

/* Three threads that wait for 5 ms. */
static void threads(void) {
  pthread_t thread[3];
  for (int at = 0; at < 3; at++) must(pthread_create(&thread[at], NULL, wait_a_little, NULL) == 0);
  for (int at = 0; at < 3; at++) pthread_join(thread[at], NULL);
}

static void ignore(int number) { (void)number; }

static void signals(void) {
  signal(SIGUSR1, ignore);
  must(kill(getpid(), SIGUSR1) == 0 && kill(getpid(), SIGUSR1) == 0);
  pid_t child = fork();
  if (child == 0) {
    pause();
    _exit(0);
  }
  must(kill(child, SIGTERM) == 0 && waitpid(child, NULL, 0) == child);
}

static void become_nobody(void) {
  must(setgid(65534) == 0 && setuid(65534) == 0);
  must(setuid(0) < 0);
}

static void identity(void) { in_child(become_nobody); }

static void spins(void) { spin_ms(300); }

/* Three rests of 20 ms. */
static void rests(void) {
  for (int at = 0; at < 3; at++) pause_ms(20);
}

static void *spin_on_first(void *unused) {
  stay_on(0);
  prctl(PR_SET_NAME, "spinner");
  spin_ms(300);
  return unused;
}

/* Four threads that want one CPU. */
static void crowd(void) {
  pthread_t thread[4];
  for (int at = 0; at < 4; at++) must(pthread_create(&thread[at], NULL, spin_on_first, NULL) == 0);
  for (int at = 0; at < 4; at++) pthread_join(thread[at], NULL);
}

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

__attribute__((noinline)) static void wait_for_lock(void) {
  pthread_mutex_lock(&lock);
  pthread_mutex_unlock(&lock);
}

static void *want_lock(void *unused) {
  wait_for_lock();
  return unused;
}

/* A thread waits 30 ms for a mutex that another holds. */
static void locks(void) {
  pthread_t thread;
  pthread_mutex_lock(&lock);
  must(pthread_create(&thread, NULL, want_lock, NULL) == 0);
  pause_ms(30);
  pthread_mutex_unlock(&lock);
  pthread_join(thread, NULL);
}

static void names(void) {
  prctl(PR_SET_NAME, "other name");
  prctl(PR_SET_NAME, "tasks");
}

/* Calls that fail, for two reasons. */
static void errors(void) {
  char byte;
  for (int at = 0; at < 3; at++) must(read(-1, &byte, 1) < 0 && errno == EBADF);
  must(kill(getpid(), 99) < 0 && errno == EINVAL);
}

/* Moves to the second CPU and back. */
static void moves(void) {
  stay_on(0);
  stay_on(1);
  stay_on(0);
}

int main(int argc, char **argv) {
  const struct deed deeds[] = {{"execs", execs},   {"ends", ends},         {"threads", threads},
                               {"signals", signals}, {"identity", identity}, {"spins", spins},
                               {"rests", rests},   {"crowd", crowd},       {"locks", locks},
                               {"names", names},   {"errors", errors},     {"moves", moves},
                               {NULL, NULL}};
  return do_deeds(deeds, argc, argv);
}
