/* files DEED...: what programs do with files. Each deed leaves its folder as it found it. */
#define _GNU_SOURCE
#include "deeds.h"
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>

enum { block_bytes = 4096, blocks = 8 };

static int make(const char *name) {
  int fd = open(name, O_RDWR | O_CREAT, 0600);
  must(fd >= 0);
  return fd;
}

/* Two that are there, one that is not. */
static void opens(void) {
  close(make("first.txt"));
  int fd = open("first.txt", O_RDONLY);
  close(fd);
  must(open("absent.txt", O_RDONLY) < 0);
  must(unlink("first.txt") == 0);
}

/* Asks for what is not there in four ways. */
static void misses(void) {
  struct stat status;
  must(stat("absent.stat", &status) < 0);
  must(access("absent.access", R_OK) < 0);
  must(open("absent.open", O_RDONLY) < 0);
  must(execl("./absent.exec", "absent", NULL) < 0);
}

/* Eight blocks out, eight blocks in. */
static void writes(void) {
  int fd = make("data.bin");
  char block[block_bytes] = {1};
  for (int at = 0; at < blocks; at++) must(write(fd, block, block_bytes) == block_bytes);
  for (int at = 0; at < blocks; at++) must(pread(fd, block, block_bytes, at * block_bytes) == block_bytes);
  close(fd);
  must(unlink("data.bin") == 0);
}

static void syncs(void) {
  int fd = make("data.bin");
  must(write(fd, "text", 4) == 4);
  must(fsync(fd) == 0 && fdatasync(fd) == 0 && fsync(fd) == 0);
  close(fd);
  must(unlink("data.bin") == 0);
}

static void moves(void) {
  close(make("old.txt"));
  must(rename("old.txt", "new.txt") == 0);
  must(unlink("new.txt") == 0);
  must(unlink("new.txt") < 0);
  must(mkdir("folder", 0700) == 0 && rmdir("folder") == 0);
}

/* In mounts of its own, so that nobody else sees them. */
static void mounts(void) {
  must(unshare(CLONE_NEWNS) == 0 && mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
  must(mkdir("place", 0700) == 0);
  must(mount("deeds", "place", "tmpfs", 0, NULL) == 0);
  must(mount("deeds", "place", "nosuchfs", 0, NULL) < 0);
  must(umount("place") == 0 && rmdir("place") == 0);
}

/* Reads past the page cache, from the file or device of $DISK. */
static void direct(void) {
  void *block;
  must(posix_memalign(&block, block_bytes, block_bytes) == 0);
  int fd = open(getenv("DISK"), O_RDONLY | O_DIRECT);
  must(fd >= 0);
  for (int at = 0; at < blocks; at++) must(pread(fd, block, block_bytes, at * block_bytes) == block_bytes);
  close(fd);
  free(block);
}

enum { large_bytes = 32 << 20, rounds = 5 };
static atomic_int is_done;

/* A byte now and then, into the file that another thread is writing. */
static void *write_bytes(void *file) {
  while (!is_done) {
    must(pwrite(*(int *)file, "x", 1, 0) == 1);
    nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
  }
  return NULL;
}

/* Two threads write into one file, which has one lock; one of them writes 32 MiB at a time. */
static void contends(void) {
  pthread_t thread;
  int fd = make("data.bin");
  char *large = calloc(1, large_bytes);
  must(pthread_create(&thread, NULL, write_bytes, &fd) == 0);
  for (int at = 0; at < rounds; at++) must(pwrite(fd, large, large_bytes, 0) == large_bytes);
  is_done = 1;
  pthread_join(thread, NULL);
  close(fd);
  must(unlink("data.bin") == 0);
}

int main(int argc, char **argv) {
  const struct deed deeds[] = {{"opens", opens},   {"misses", misses}, {"writes", writes},
                               {"syncs", syncs},   {"moves", moves},   {"mounts", mounts},
                               {"direct", direct}, {"contends", contends}, {NULL, NULL}};
  return do_deeds(deeds, argc, argv);
}
