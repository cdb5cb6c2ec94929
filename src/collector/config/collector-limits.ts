import { ALERT_LIMITS, type AlertLimits } from './alert-limits.ts'
import { EVIDENCE_LIMITS, type EvidenceLimits } from './evidence-limits.ts'
import { WAY_IN_LIMITS, type WayInLimits } from './way-in-limits.ts'

/** Every bound of the collector in one place; reaching one is counted or answered with a plain refusal. */
export interface CollectorLimits extends WayInLimits {
  readonly enrolmentsMax: number
  /** An enrolment file larger than this is not read. */
  readonly enrolmentBytesMax: number
  /** The enrolment folder is read at most this often because an unknown appliance knocked. */
  readonly enrolmentKnockMs: number
  /** The enrolment folder is read at least this often while requests come, so that a removed box is soon refused. */
  readonly enrolmentAgeMaxMs: number
  /** Nonces remembered for one appliance and for all; beyond them requests are refused with 429. */
  readonly noncesPerApplianceMax: number
  readonly noncesMax: number
  readonly signInCodeLifeMs: number
  readonly guessWindowMs: number
  /** Wrong codes from one address, and from everywhere, within the window. */
  readonly guessesPerAddressMax: number
  readonly guessesMax: number
  /** Addresses remembered for the lock-out. */
  readonly guessAddressesMax: number
  /** Accounts and addresses remembered for the lock-out of accounts. */
  readonly guessKeysMax: number
  /** Wrong passwords from everywhere within the window: of strangers, and of browsers that signed in before. */
  readonly strangerGuessesMax: number
  readonly knownGuessesMax: number
  /** Password hashes made at once, and people that wait for one. */
  readonly hashesAtOnceMax: number
  readonly hashesWaitingMax: number
  readonly accountsMax: number
  readonly hiddenUsersMax: number
  readonly inviteLifeMs: number
  /** So long after a secret was shown, exports are open without showing it again. */
  readonly proofLifeMs: number
  /** The same look at the same thing is noted once in this time; so many are remembered. */
  readonly auditRepeatMs: number
  readonly auditRepeatsMax: number
  readonly auditPageSize: number
  readonly sessionLifeMs: number
  readonly sessionsMax: number
  readonly pageSize: number
  /** How often a page of events reads on because the viewer may not see what it read. */
  readonly eventReadsMax: number
  readonly appliancesPageSize: number
  readonly devicesPageSize: number
  /** Devices in one export. */
  readonly exportRowsMax: number
  readonly revisionsShownMax: number
  readonly outagesShownMax: number
  readonly faultsKeptMax: number
  readonly filterChoicesMax: number
  /** How far back charts and tables of the line look. */
  readonly linkHistoryMs: number
  readonly linkSamplesMax: number
  /** How far back the console shows what went round a box, and how many devices. */
  readonly bypassHistoryMs: number
  readonly bypassShownMax: number
  readonly liveClientsMax: number
  readonly liveBufferBytesMax: number
  readonly liveHeartbeatMs: number
  /** A box that was not heard from for this long is shown as silent. */
  readonly silentAfterMs: number
  readonly fleetStaleAfterMs: number
  readonly fleetSeriesPerApplianceMax: number
  /** Open connections to the console and to ingest. */
  readonly connectionsMax: number
  readonly requestTimeoutMs: number
  readonly formBytesMax: number
  readonly alerts: AlertLimits
  readonly evidence: EvidenceLimits
}

/** What ships. */
export const COLLECTOR_LIMITS: CollectorLimits = {
  enrolmentsMax: 10_000,
  enrolmentBytesMax: 4096,
  enrolmentKnockMs: 1000,
  enrolmentAgeMaxMs: 30_000,
  noncesPerApplianceMax: 3000,
  noncesMax: 200_000,
  signInCodeLifeMs: 15 * 60_000,
  guessWindowMs: 5 * 60_000,
  guessesPerAddressMax: 10,
  guessesMax: 50,
  guessAddressesMax: 1000,
  guessKeysMax: 10_000,
  strangerGuessesMax: 1000,
  knownGuessesMax: 1000,
  hashesAtOnceMax: 2,
  hashesWaitingMax: 50,
  accountsMax: 500,
  hiddenUsersMax: 20,
  inviteLifeMs: 3 * 86_400_000,
  proofLifeMs: 5 * 60_000,
  auditRepeatMs: 5 * 60_000,
  auditRepeatsMax: 2000,
  auditPageSize: 100,
  sessionLifeMs: 12 * 3_600_000,
  sessionsMax: 1000,
  pageSize: 50,
  eventReadsMax: 20,
  appliancesPageSize: 20,
  devicesPageSize: 50,
  exportRowsMax: 10_000,
  revisionsShownMax: 50,
  outagesShownMax: 20,
  faultsKeptMax: 1000,
  filterChoicesMax: 200,
  linkHistoryMs: 24 * 3_600_000,
  linkSamplesMax: 400,
  bypassHistoryMs: 24 * 3_600_000,
  bypassShownMax: 10,
  liveClientsMax: 100,
  liveBufferBytesMax: 64 * 1024,
  liveHeartbeatMs: 15_000,
  silentAfterMs: 90_000,
  fleetStaleAfterMs: 5 * 60_000,
  fleetSeriesPerApplianceMax: 300,
  connectionsMax: 10_000,
  requestTimeoutMs: 30_000,
  formBytesMax: 4096,
  alerts: ALERT_LIMITS,
  ...WAY_IN_LIMITS,
  evidence: EVIDENCE_LIMITS,
}
