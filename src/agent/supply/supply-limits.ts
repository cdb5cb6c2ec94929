/** Bounds of list supply that no school moves. What the file may move stands in `limits`. */
export const SUPPLY_LIMITS = {
  /** A share by which the number of names may change without a person's word. */
  changeShareMax: 0.3,
  /** A school's own file with fewer names may change as it likes: somebody has edited it. */
  ownNamesMin: 10,
  /** A list is stale when its source has confirmed nothing for so many of its intervals. */
  staleIntervals: 3,
  /** Refused lines told at a time, over all lists: as many lists as a file may have, each with what is kept by default. */
  refusedTold: 25_600,
  /** Names a school must reach that are told of one list. */
  guardsShown: 5,
  /** Record types that one list may tell apart; there are some ninety. */
  typesMax: 128,
  /** One list blocks no more than one IPv4 address in so many: a thousand /20s, and more than lists of bad addresses hold. */
  ipv4OneIn: 1_024,
  /** The same of the IPv6 addresses that are given out: 512 providers. */
  ipv6OneIn: 1_048_576,
  /** The same of each delivery network. */
  deliveryOneIn: 64,
  /** All devices that a list from elsewhere may block are as many as one network of this length has: a classroom. */
  devicesIpv4Length: 24,
  devicesIpv6Length: 64,
  /** Jobs at work at the same time: most of it is waiting for servers. */
  jobsAtOnce: 4,
  /** How often files of this machine are looked at. */
  lookEveryMs: 60_000,
  /** A list that was never had is asked for within this time after start. */
  firstSpreadMs: 2_000,
  /** One that is due is asked for within this time after start, so that boxes that lost power together do not come together. */
  dueSpreadMs: 300_000,
  /** The first wait after a failure; it doubles, up to the list's interval. */
  retryMs: 10_000,
  /** No chance makes a box ask a server again sooner than this. */
  retryLeastMs: 1_000,
  /** What a job may take beside waiting for servers: unpacking, and compiling the list by itself. */
  workMs: 300_000,
  /** The longest wait before a file whose examination failed is looked at again. */
  ownRetryMs: 3_600_000,
  /** Versions of lists that are in the configuration no more are kept for so long. */
  keepGoneMs: 2_592_000_000,
} as const
