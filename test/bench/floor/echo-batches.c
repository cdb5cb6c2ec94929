/* The floor of what a DNS server can cost: receives and sends back in batches, and does nothing else.
   usage: echo-batches PORT   (127.0.0.1, ends by a signal) */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#define BATCH 64
#define BYTES 4096

int main(int argc, char **argv) {
  static unsigned char payload[BATCH][BYTES];
  static struct sockaddr_in peer[BATCH];
  static struct iovec iov[BATCH];
  static struct mmsghdr message[BATCH];
  struct sockaddr_in own = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  int buffer = 8388608, fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (argc != 2 || fd < 0) return 2;
  own.sin_port = htons(atoi(argv[1]));
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
  if (bind(fd, (struct sockaddr *)&own, sizeof own) != 0) return perror("bind"), 1;
  for (int i = 0; i < BATCH; i++) {
    message[i].msg_hdr.msg_name = &peer[i];
    message[i].msg_hdr.msg_iov = &iov[i];
    message[i].msg_hdr.msg_iovlen = 1;
    iov[i].iov_base = payload[i];
  }
  for (;;) {
    for (int i = 0; i < BATCH; i++) {
      iov[i].iov_len = BYTES;
      message[i].msg_hdr.msg_namelen = sizeof peer[i];
    }
    int received = recvmmsg(fd, message, BATCH, MSG_WAITFORONE, 0);
    for (int i = 0; i < received; i++) {
      iov[i].iov_len = message[i].msg_len;
      payload[i][2] |= 0x80;
    }
    if (received > 0) sendmmsg(fd, message, received, 0);
  }
}
