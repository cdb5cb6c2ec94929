/*
 * Asks at a steady rate, whatever becomes of the answers (an open loop), and notes for each question when it was due and how long
 * after that its answer came. A client that waits for answers asks less just when a server is slow, and so does not see how slow.
 * In C, because a collector of garbage in the client would be measured as the server's, and because the server needs the other core.
 *
 *   steady-client PORT RATE SECONDS QUESTIONS SAMPLES
 *
 * QUESTIONS holds wire-form messages, each after its length in two bytes, big-endian; asked in a circle. SAMPLES becomes a file of pairs
 * of 32-bit words, one a question: microseconds from the start until it was due, and microseconds from then until its answer, or
 * all ones where none came within WAIT_SECONDS. Ends early on SIGTERM. Prints the start (CLOCK_REALTIME, microseconds) before it
 * begins, and at the end how many answers had an rcode other than NOERROR and NXDOMAIN.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { SOCKETS = 8, IDS = 65536, MESSAGE_MAX = 512, ANSWER_MAX = 1500, WAIT_SECONDS = 5, TICK_NS = 100000, BUFFER = 8 << 20 };
#define UNANSWERED UINT32_MAX

static volatile sig_atomic_t is_ended;
static void end(int signal_number) { (void)signal_number; is_ended = 1; }

static uint64_t now_us(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return (uint64_t)t.tv_sec * 1000000u + (uint64_t)t.tv_nsec / 1000u;
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

struct question { uint16_t length; unsigned char bytes[MESSAGE_MAX]; };
static struct question *questions;
static size_t question_count;
static int sockets[SOCKETS];
/* By socket and id: the number of the question, and one more, so that 0 is none. */
static uint32_t waiting[SOCKETS][IDS];
static uint32_t (*samples)[2];
static uint64_t odd_rcodes;

static void read_questions(const char *file) {
  FILE *in = fopen(file, "rb");
  if (!in) fail(file);
  size_t room = 0;
  for (int high = getc(in); high != EOF; high = getc(in)) {
    if (question_count == room) {
      room = room ? room * 2 : 1024;
      questions = realloc(questions, room * sizeof *questions);
      if (!questions) fail("questions");
    }
    struct question *one = &questions[question_count++];
    one->length = (uint16_t)(high << 8 | getc(in));
    if (one->length < 12 || one->length > MESSAGE_MAX || fread(one->bytes, one->length, 1, in) != 1) fail("questions");
  }
  fclose(in);
  if (question_count == 0) fail("no questions");
}

static void open_sockets(int port) {
  struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
  for (int s = 0; s < SOCKETS; s++) {
    sockets[s] = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    int bytes = BUFFER;
    if (setsockopt(sockets[s], SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes) != 0)
      setsockopt(sockets[s], SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    if (sockets[s] < 0 || connect(sockets[s], (struct sockaddr *)&to, sizeof to) != 0) fail("connect");
  }
}

/* A question that cannot be sent, because nobody listens or a buffer is full, is one without an answer. */
static void ask(uint32_t number, uint32_t due) {
  struct question *one = &questions[number % question_count];
  int s = (int)(number % SOCKETS);
  uint16_t id = (uint16_t)(number / SOCKETS);
  one->bytes[0] = (unsigned char)(id >> 8);
  one->bytes[1] = (unsigned char)id;
  samples[number][0] = due;
  samples[number][1] = UNANSWERED;
  waiting[s][id] = number + 1;
  if (send(sockets[s], one->bytes, one->length, 0) < 0 && errno == ECONNREFUSED) send(sockets[s], one->bytes, one->length, 0);
}

static void take_answers(uint64_t start) {
  unsigned char answer[ANSWER_MAX];
  for (int s = 0; s < SOCKETS; s++) {
    for (;;) {
      ssize_t length = recv(sockets[s], answer, sizeof answer, 0);
      if (length < 0) break;
      if (length < 12) continue;
      uint16_t id = (uint16_t)(answer[0] << 8 | answer[1]);
      uint32_t number = waiting[s][id];
      if (number == 0) continue;
      waiting[s][id] = 0;
      uint64_t late = now_us(CLOCK_MONOTONIC) - start - samples[number - 1][0];
      if (late < WAIT_SECONDS * 1000000u) samples[number - 1][1] = (uint32_t)late;
      int rcode = answer[3] & 15;
      if (rcode != 0 && rcode != 3) odd_rcodes++;
    }
  }
}

static void wait_a_tick(void) {
  struct pollfd ready[SOCKETS];
  for (int s = 0; s < SOCKETS; s++) ready[s] = (struct pollfd){ .fd = sockets[s], .events = POLLIN };
  struct timespec tick = { .tv_nsec = TICK_NS };
  ppoll(ready, SOCKETS, &tick, NULL);
}

int main(int argc, char **argv) {
  if (argc != 6) return 2;
  double rate = atof(argv[2]);
  uint32_t most = (uint32_t)(rate * atof(argv[3]));
  read_questions(argv[4]);
  open_sockets(atoi(argv[1]));
  samples = calloc(most ? most : 1, sizeof *samples);
  if (!samples) fail("samples");
  signal(SIGTERM, end);
  printf("%llu\n", (unsigned long long)now_us(CLOCK_REALTIME));
  fflush(stdout);
  uint64_t start = now_us(CLOCK_MONOTONIC);
  uint32_t asked = 0;
  while (asked < most && !is_ended) {
    uint64_t elapsed = now_us(CLOCK_MONOTONIC) - start;
    for (uint32_t sent = 0; asked < most && sent < 64; sent++) {
      uint64_t due = (uint64_t)((double)asked * 1e6 / rate);
      if (due > elapsed) break;
      ask(asked++, (uint32_t)due);
    }
    take_answers(start);
    if (asked < most && (uint64_t)((double)asked * 1e6 / rate) > now_us(CLOCK_MONOTONIC) - start) wait_a_tick();
  }
  uint64_t give_up = now_us(CLOCK_MONOTONIC) + WAIT_SECONDS * 1000000u;
  uint32_t left = 1;
  while (left > 0 && now_us(CLOCK_MONOTONIC) < give_up) {
    wait_a_tick();
    take_answers(start);
    left = 0;
    for (uint32_t i = 0; i < asked; i++) left += samples[i][1] == UNANSWERED;
    if (left > 0) { struct timespec pause = { .tv_nsec = 20000000 }; nanosleep(&pause, NULL); }
  }
  FILE *out = fopen(argv[5], "wb");
  if (!out || fwrite(samples, sizeof *samples, asked, out) != asked || fclose(out) != 0) fail(argv[5]);
  printf("%llu\n", (unsigned long long)odd_rcodes);
  return 0;
}
