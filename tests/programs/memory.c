/* memory DEED...: what programs do with memory. */
#define _GNU_SOURCE
#include "deeds.h"
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

enum { page_bytes = 4096, pages = 100 };

__attribute__((noinline)) static void touch_pages(char *memory) {
  for (int at = 0; at < pages; at++) memory[at * page_bytes] = 1;
}

/* A hundred pages are touched for the first time. */
static void touches(void) {
  char *memory = mmap(NULL, pages * page_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  must(memory != MAP_FAILED && madvise(memory, pages * page_bytes, MADV_NOHUGEPAGE) == 0);
  touch_pages(memory);
  munmap(memory, pages * page_bytes);
}

static void *volatile kept;

__attribute__((noinline)) void leak_here(void) { kept = malloc(1000); }
__attribute__((noinline)) void leak_zeroed(void) { kept = calloc(10, 30); }
__attribute__((noinline)) void leak_grown(void) { kept = realloc(malloc(10), 5000); }

__attribute__((noinline)) void give_back(void) {
  kept = malloc(777);
  free(kept);
}

/* 3 x 1000 + 300 + 5000 bytes are lost, the others are given back. */
static void leaks(void) {
  for (int at = 0; at < 3; at++) leak_here();
  leak_zeroed();
  leak_grown();
  for (int at = 0; at < 5; at++) give_back();
}

/* One mapping of 40 pages, and a larger heap. */
static void maps(void) {
  char *memory = mmap(NULL, 40 * page_bytes, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  must(memory != MAP_FAILED && munmap(memory, 40 * page_bytes) == 0);
  must(sbrk(16 * page_bytes) != (void *)-1);
}

static void tell(const char *path, const char *text) {
  int fd = open(path, O_WRONLY);
  must(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
  close(fd);
}

/* A child takes 100 MiB in a cgroup that may have 16, and is killed. */
static void hog(void) {
  tell("/sys/fs/cgroup/cgroup.subtree_control", "+memory");
  must(mkdir("/sys/fs/cgroup/deeds", 0700) == 0);
  tell("/sys/fs/cgroup/deeds/memory.max", "16M");
  pid_t child = fork();
  if (child == 0) {
    tell("/sys/fs/cgroup/deeds/cgroup.procs", "0");
    kept = malloc(100 << 20);
    memset(kept, 1, 100 << 20);
    _exit(0);
  }
  int status;
  must(waitpid(child, &status, 0) == child && WIFSIGNALED(status));
  must(rmdir("/sys/fs/cgroup/deeds") == 0);
}

int main(int argc, char **argv) {
  const struct deed deeds[] = {
      {"touches", touches}, {"leaks", leaks}, {"maps", maps}, {"hog", hog}, {NULL, NULL}};
  return do_deeds(deeds, argc, argv);
}
