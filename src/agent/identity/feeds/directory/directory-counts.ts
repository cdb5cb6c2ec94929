export interface DirectoryCounts {
  searches: number
  found: number
  absent: number
  /** Two or more users of one name: none of them counts. */
  ambiguous: number
  /** Searches without an answer; users that were asked for in vain so often that they are left. */
  failures: number
  givenUp: number
  /** Users that were known already. */
  cached: number
  queueFull: number
  /** Names that no account can have. */
  oddNames: number
  connections: number
}

/** For the metrics; plain numbers but for the state, whose set is closed. */
export interface DirectoryReadings extends Readonly<DirectoryCounts> {
  /** `closed`: not connected now, and will be for the next user. */
  readonly state: 'off' | 'closed' | 'open' | 'failing'
  /** Whether it is an Active Directory, so that groups within groups count. */
  readonly followsNested: boolean
  readonly queued: number
  readonly inFlight: number
  readonly users: number
}

export const NO_COUNTS: DirectoryCounts = {
  searches: 0,
  found: 0,
  absent: 0,
  ambiguous: 0,
  failures: 0,
  givenUp: 0,
  cached: 0,
  queueFull: 0,
  oddNames: 0,
  connections: 0,
}
