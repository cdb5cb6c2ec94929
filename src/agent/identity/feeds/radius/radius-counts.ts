/** What becomes of a packet: each is counted as exactly one of these. Labels of metrics, so the set is closed. */
export const RADIUS_OUTCOMES = [
  'started', // a session that was not known
  'updated',
  'stopped',
  'restarted', // Accounting-On or -Off
  'repeated', // the same packet again at once: answered, told once
  'machine', // a computer's own account
  'nobody', // no user name, or an anonymous one
  'no-device', // neither a MAC nor an address yet
  'other-status',
  'out-of-order', // older than what is known of the session
  'after-stop',
  'stranger', // from here on nothing is answered
  'check-rate', // more came from clients' addresses than signatures may be looked at
  'overall-rate',
  'client-rate',
  'queue-full',
  'malformed-packet',
  'not-accounting',
  'wrong-secret',
  'wrong-message-authenticator',
  'malformed-attribute',
  'replayed',
  'clock', // sent too long ago, or in the future
  'broken', // a fault of ours
] as const
export type RadiusOutcome = (typeof RADIUS_OUTCOMES)[number]

const ANSWERED: ReadonlySet<RadiusOutcome> = new Set(
  RADIUS_OUTCOMES.slice(0, RADIUS_OUTCOMES.indexOf('stranger')),
)

/** Whether who sent it gets an answer: it is authentic, and trying again would change nothing. */
export function isAnswered(outcome: RadiusOutcome): boolean {
  return ANSWERED.has(outcome)
}

/** For the metrics; plain numbers. */
export interface RadiusReadings {
  readonly outcomes: Readonly<Record<RadiusOutcome, number>>
  /** Sessions remembered, ended ones included; and those forgotten for want of room. */
  readonly sessions: number
  readonly sessionsForgotten: number
  readonly queued: number
  /** Sockets that are open, of those that are wanted. */
  readonly listening: number
  readonly listenersWanted: number
}

export type OutcomeCounts = Record<RadiusOutcome, number>

export function noOutcomes(): OutcomeCounts {
  return {
    started: 0,
    updated: 0,
    stopped: 0,
    restarted: 0,
    repeated: 0,
    machine: 0,
    nobody: 0,
    'no-device': 0,
    'other-status': 0,
    'out-of-order': 0,
    'after-stop': 0,
    stranger: 0,
    'check-rate': 0,
    'overall-rate': 0,
    'client-rate': 0,
    'queue-full': 0,
    'malformed-packet': 0,
    'not-accounting': 0,
    'wrong-secret': 0,
    'wrong-message-authenticator': 0,
    'malformed-attribute': 0,
    replayed: 0,
    clock: 0,
    broken: 0,
  }
}
