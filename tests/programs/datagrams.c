/* datagrams BYTES...: sends a datagram of each length (its bytes count up from 0) over the loopback device to itself; `xN` behind a length sends N. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(7007), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  /* Without somebody at the port there would be answers, which are packets too. */
  int receiver = socket(AF_INET, SOCK_DGRAM, 0), sender = socket(AF_INET, SOCK_DGRAM, 0);
  if (bind(receiver, (struct sockaddr *)&to, sizeof(to)) != 0) return 1;
  static unsigned char bytes[65536];
  for (size_t i = 0; i < sizeof(bytes); i++) bytes[i] = i;
  for (int i = 1; i < argc; i++) {
    char *times = strchr(argv[i], 'x');
    for (int n = times ? atoi(times + 1) : 1; n > 0; n--)
      if (sendto(sender, bytes, atoi(argv[i]), 0, (struct sockaddr *)&to, sizeof(to)) < 0) return 2;
  }
  return 0;
}
