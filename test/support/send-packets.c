/* Sends the packets of a capture file, in turn, on an interface.
   usage: send-packets IF FILE.pcap PER_SECOND COUNT [SPOOF]   (little-endian microseconds; PER_SECOND 0: as fast as it goes)
   With SPOOF each packet has another sender's MAC, in the Ethernet header and, for ARP, in its body.
   Prints how many were sent and in how many milliseconds. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCH 64
#define BYTES 2048
#define PACKETS 200000

static unsigned char *packet[PACKETS];
static unsigned length[PACKETS];

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
  static unsigned char slot[BATCH][BYTES];
  static struct iovec iov[BATCH];
  static struct mmsghdr message[BATCH];
  if (argc < 5) return 2;
  FILE *file = fopen(argv[2], "rb");
  unsigned head[6], record[4], packets = 0;
  if (!file || fread(head, 4, 6, file) != 6 || head[0] != 0xa1b2c3d4) return 2;
  while (packets < PACKETS && fread(record, 4, 4, file) == 4) {
    if (record[2] > 262144 || !(packet[packets] = malloc(record[2] + 1))) return 2;
    if (fread(packet[packets], 1, record[2], file) != record[2]) return 2;
    length[packets++] = record[2];
  }
  if (packets == 0) return 2;
  int fd = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL));
  struct sockaddr_ll to = {.sll_family = AF_PACKET, .sll_ifindex = if_nametoindex(argv[1])};
  if (fd < 0 || bind(fd, (struct sockaddr *)&to, sizeof to) != 0) return perror("socket"), 1;
  double rate = atof(argv[3]), started = now();
  long count = atol(argv[4]), sent = 0, failed = 0;
  int spoof = argc > 5;
  for (long next = 0; next < count;) {
    if (rate > 0) {
      double due = started + next / rate, wait = due - now();
      if (wait > 0) usleep(wait * 1e6);
    }
    int batch = 0;
    for (; batch < BATCH && next < count; next++) {
      unsigned i = next % packets, bytes = length[i];
      if (bytes < 14 || bytes > 1514) continue;
      memcpy(slot[batch], packet[i], bytes);
      if (spoof) {
        unsigned id = htonl(next);
        memcpy(slot[batch] + 8, &id, 4);
        slot[batch][6] = 2;
        if (bytes >= 42 && slot[batch][12] == 8 && slot[batch][13] == 6) memcpy(slot[batch] + 22, slot[batch] + 6, 6);
      }
      iov[batch].iov_base = slot[batch];
      iov[batch].iov_len = bytes;
      message[batch].msg_hdr.msg_iov = &iov[batch];
      message[batch].msg_hdr.msg_iovlen = 1;
      batch++;
    }
    for (int at = 0; at < batch;) {
      int went = sendmmsg(fd, message + at, batch - at, 0);
      if (went <= 0) failed++, at++;
      else sent += went, at += went;
    }
  }
  printf("%ld %ld %.0f\n", sent, failed, (now() - started) * 1000);
  return 0;
}
