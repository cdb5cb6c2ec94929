/** What the directory may be asked, and how long its word holds. */
export const DIRECTORY_LIMITS = {
  /** Users that wait to be looked up; more are not asked, and counted. */
  queued: 4_096,
  inFlight: 8,
  searchesPerSecond: 100,
  searchBurst: 100,
  connectMs: 5_000,
  operationMs: 5_000,
  /** Of one message. */
  answerBytes: 1_048_576,
  /** A user that the directory did not answer for is asked for so often, and then left until he is asked for again. */
  tries: 3,
  /** Users whose groups are remembered. */
  users: 10_000,
  /** What is known is not asked again for so long; not even where it is that there is no such user. */
  freshMs: 3_600_000,
  absentMs: 600_000,
  /** For so long it holds while the directory is away. */
  keptMs: 86_400_000,
  /** A password that was refused is not tried again for so long, or the account is locked out. */
  refusedRestMs: 600_000,
  /** Groups of one user that are looked at. */
  groupsOfUser: 2_000,
  /** Groups of the configuration that nested membership is looked up for. */
  nestedGroups: 200,
  userChars: 128,
  passwordBytes: 1_024,
  caBytes: 1_048_576,
} as const
