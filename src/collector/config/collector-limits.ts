import { ALERT_LIMITS, type AlertLimits } from './alert-limits.ts'

/** Every bound of the collector in one place; reaching one is counted or answered with a plain refusal. */
export interface CollectorLimits {
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
  readonly sessionLifeMs: number
  readonly sessionsMax: number
  readonly pageSize: number
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
  sessionLifeMs: 12 * 3_600_000,
  sessionsMax: 1000,
  pageSize: 50,
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
}
