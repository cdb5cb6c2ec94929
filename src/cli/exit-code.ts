/** What a command tells its caller; the help of every command lists them. */
export const EXIT = {
  ok: 0,
  /** Something was looked at and found wrong: a file refused, a degraded status, a fault at start. */
  foundWrong: 1,
  usage: 2,
  /** The agent or the collector cannot be reached. */
  unreachable: 3,
  /** The agent or the collector says no. */
  refused: 4,
  /** Nothing was found wrong, but something could not be looked at. */
  notKnown: 5,
  /** EX_SOFTWARE of sysexits.h: a broken invariant in a service. */
  broken: 70,
  /** EX_CONFIG of sysexits.h: a service that cannot start as it is set up; starting it again would not help. */
  cannotStart: 78,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

export const EXIT_HELP = `exit codes:
  0  fine
  1  something is wrong: a file refused, a degraded status, a fault at start
  2  the command was not understood
  3  the agent or the collector cannot be reached
  4  the agent or the collector refused
  5  nothing is wrong, but something could not be checked
  services also end with 70 (a fault in the program) and 78 (cannot start as set up)`
