/** The most that is kept of each; what was told longest ago makes room, and is counted. */
export const IDENTITY_LIMITS = {
  devices: 10_000,
  /** IPv6 gives a device several. */
  addresses: 40_000,
  sessions: 20_000,
  owners: 20_000,
  users: 20_000,
  addressesOfSession: 16,
} as const
