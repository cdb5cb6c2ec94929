/**
 * What RADIUS may cost. A school's controllers send some hundred packets in the minute before nine; what is beyond these limits
 * is dropped and counted, and a controller sends it again.
 */
export const RADIUS_LIMITS = {
  /** RFC 2865 section 3. */
  packetBytes: 4_096,
  /** Signatures looked at, of whatever comes from a client's address: a few microseconds each, and several times the floods that are expected. */
  checksPerSecond: 20_000,
  checkBurst: 5_000,
  /** Of packets that are authentic and new: over all clients, and of one address; and how many may come at once. */
  packetsPerSecond: 2_000,
  packetBurst: 4_000,
  clientPacketsPerSecond: 1_000,
  clientPacketBurst: 2_000,
  /** Packets that wait to be looked at: at most 4 MiB. */
  queuedPackets: 1_024,
  /** Looked at before anything else of the thread has its turn: under a millisecond. */
  packetsATick: 32,
  /** Sessions remembered, ended ones included; the one that was heard of longest ago is forgotten first. */
  sessions: 16_384,
  /** An ended session is remembered for so long, so that nothing starts it again. */
  endedSessionMs: 3_600_000,
  addressesOfSession: 16,
  /** Packets that were answered, by which copies are known; some hours of a large school. */
  seenPackets: 32_768,
  /** A copy within this time is a controller that missed the answer; a later one is a replay. */
  repeatMs: 30_000,
  /** Copies of one packet that are answered; no controller tries so often, and somebody who has kept one does not make the box talk. */
  repeatsAnswered: 16,
  /** How far the clocks of box and controller may be apart, and how long a packet may have been on its way. */
  clockSkewSeconds: 300,
  /** A session without word of its interim interval lasts so long (RFC 2869 section 5.16 says how often such word comes). */
  sessionMs: 28_800_000,
  /** With it: so many intervals, each within these bounds. */
  intervalsMissed: 3,
  intervalSecondsMin: 60,
  intervalSecondsMax: 28_800,
  /** Addresses of senders whose client is remembered. */
  senders: 1_024,
  secretBytes: 256,
} as const
