/** What one client of DNS over HTTPS may use; connections, idle time and queries a connection are those of TCP. */
export const DOH_LIMITS = {
  /** Streams of a session, and queries of it that wait for an answer. */
  streams: 100,
  /** All headers of a request, the path among them. */
  headerBytes: 8_192,
  headerPairs: 64,
  /** From the first byte of a request to the last of its body, and again for taking the answer. */
  requestMs: 5_000,
  answerMs: 10_000,
  /** Streams that a client may give up in one session, less than there may be at once: HTTP/2 rapid reset (CVE-2023-44487). */
  resets: 50,
  /** Memory of a session in Node's own account, in megabytes: the least there is. */
  sessionMegabytes: 1,
  invalidFrames: 16,
  settings: 32,
} as const
