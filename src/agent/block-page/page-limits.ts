/** The page is small and its readers are few; whoever wants more waits, so that names are answered whatever happens here. */
export const PAGE_LIMITS = {
  connections: 256,
  connectionsPerClient: 16,
  requestsPerConnection: 20,
  headerBytes: 8_192,
  formBytes: 4_096,
  headersTimeoutMs: 5_000,
  requestTimeoutMs: 10_000,
  handshakeTimeoutMs: 5_000,
  keepAliveMs: 2_000,
  /** Pages a client may open at once, and again each second. */
  pagesPerClient: 20,
  pagesPerClientSecond: 2,
  /** Pages over all clients: each asks the thread that answers DNS. */
  pages: 100,
  pagesPerSecond: 100,
  /** Requests to unblock: so many at once, and again in ten minutes. */
  asksPerClient: 5,
  asks: 60,
  askWindowMs: 600_000,
  /** Clients remembered for these limits. */
  clients: 4_096,
  /** Questions that wait for the agent. */
  waiting: 64,
  waitMs: 3_000,
  /** A form may be sent so long after it was shown, and once. */
  tokenMs: 3_600_000,
  tokensUsed: 4_096,
  whyChars: 500,
  lessonChars: 100,
  minutes: 100,
} as const
