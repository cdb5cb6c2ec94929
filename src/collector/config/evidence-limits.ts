/** Every bound of checks, decisions, documents and hand-overs. */
export interface EvidenceLimits {
  /** Rows of checks and decisions that one school may keep; beyond them nothing more is taken. */
  readonly rowsMax: number
  /** Characters of what a person writes into a text, and into one line. */
  readonly textMax: number
  readonly lineMax: number
  /** Of one form; what a person writes takes up to nine bytes a character on the way. */
  readonly formBytesMax: number
  readonly checksPageSize: number
  readonly decisionsShownMax: number
  /** Of one check or decision. */
  readonly entriesShownMax: number
  /** So long a check may take, from the page that names what to try to its result. */
  readonly checkMs: number
  /** A box’s clock may be behind the collector’s by so much. */
  readonly clockBehindMs: number
  /** Lookups in one event are counted for so long. */
  readonly windowMs: number
  /** The latest that a decision may be reviewed, in days from when it was made. */
  readonly reviewDaysMax: number
  /** Events of one case that is handed over. */
  readonly handOverEventsMax: number
  /** Documents that wait to be made, the one in the making included; how long one may take; and how long the thread for them rests before it ends. */
  readonly documentsWaitingMax: number
  readonly documentMs: number
  readonly documentThreadIdleMs: number
}

/** What ships. */
export const EVIDENCE_LIMITS: EvidenceLimits = {
  rowsMax: 50_000,
  textMax: 2000,
  lineMax: 120,
  formBytesMax: 65_536,
  checksPageSize: 50,
  decisionsShownMax: 500,
  entriesShownMax: 100,
  checkMs: 2 * 3_600_000,
  clockBehindMs: 60_000,
  windowMs: 5 * 60_000,
  reviewDaysMax: 1096,
  handOverEventsMax: 500,
  documentsWaitingMax: 8,
  documentMs: 20_000,
  documentThreadIdleMs: 60_000,
}
