/* network DEED...: what programs do with sockets, all of it on the loopback device. */
#define _GNU_SOURCE
#include "deeds.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <sys/socket.h>
#include <time.h>

/* A listening socket, on a port that the kernel chooses; gives it in `place`. */
static int listener(struct sockaddr_in *place, int backlog) {
  socklen_t bytes = sizeof *place;
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  *place = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  must(bind(fd, (struct sockaddr *)place, sizeof *place) == 0 && listen(fd, backlog) == 0);
  must(getsockname(fd, (struct sockaddr *)place, &bytes) == 0);
  return fd;
}

static int connected(const struct sockaddr_in *place) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  must(fd >= 0 && connect(fd, (const struct sockaddr *)place, sizeof *place) == 0);
  return fd;
}

/* A connection that carries 1000 bytes one way and 10 the other. */
static void talks(void) {
  struct sockaddr_in place;
  char bytes[1000] = {0};
  int server = listener(&place, 5), client = connected(&place), peer = accept(server, NULL, NULL);
  must(send(client, bytes, 1000, 0) == 1000 && recv(peer, bytes, 1000, MSG_WAITALL) == 1000);
  must(send(peer, bytes, 10, 0) == 10 && recv(client, bytes, 10, MSG_WAITALL) == 10);
  close(client);
  must(recv(peer, bytes, 1, 0) == 0);
  close(peer);
  close(server);
}

static void refused(void) {
  struct sockaddr_in place;
  close(listener(&place, 1));
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  must(connect(fd, (struct sockaddr *)&place, sizeof place) < 0 && errno == ECONNREFUSED);
  close(fd);
}

/* Nobody accepts, and the queue is full: the request for a further connection is sent again after a second. */
static void repeats(void) {
  struct sockaddr_in place;
  int server = listener(&place, 0), first = connected(&place);
  int late = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  must(connect(late, (struct sockaddr *)&place, sizeof place) < 0 && errno == EINPROGRESS);
  nanosleep(&(struct timespec){1, 500000000}, NULL);
  close(late);
  close(first);
  close(server);
}

/* A datagram for nobody, which is dropped. */
static void datagrams(void) {
  struct sockaddr_in place;
  close(listener(&place, 1));
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  must(sendto(fd, "text", 4, 0, (struct sockaddr *)&place, sizeof place) == 4);
  close(fd);
}

/* One end breaks off instead of closing. */
static void resets(void) {
  struct sockaddr_in place;
  struct linger at_once = {.l_onoff = 1, .l_linger = 0};
  int server = listener(&place, 5), client = connected(&place), peer = accept(server, NULL, NULL);
  must(setsockopt(client, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) == 0);
  close(client);
  close(peer);
  close(server);
}

/* One name that is known, one that is not. */
static void lookups(void) {
  struct addrinfo *found;
  must(getaddrinfo("localhost", NULL, NULL, &found) == 0);
  freeaddrinfo(found);
  must(getaddrinfo("no such name", NULL, NULL, &found) != 0);
}

int main(int argc, char **argv) {
  const struct deed deeds[] = {{"talks", talks},   {"refused", refused}, {"repeats", repeats}, {"datagrams", datagrams},
                               {"resets", resets}, {"lookups", lookups}, {NULL, NULL}};
  return do_deeds(deeds, argc, argv);
}
