/** Every bound of telling people; reaching one is counted or said. */
export interface NotifyLimits {
  /** Of the file of the people and of each secret that it names. */
  readonly settingsBytesMax: number
  readonly secretBytesMax: number
  readonly peopleMax: number
  readonly placesMax: number
  readonly rotaMax: number
  readonly holidaysMax: number
  readonly privateHostsMax: number
  readonly problemsShownMax: number
  /** How often the file is looked at. */
  readonly settingsLookMs: number
  /** How far ahead the next opening of the school is looked for. */
  readonly horizonDays: number
  /** How often the ladder and the queue are looked at. */
  readonly lookMs: number
  /** Steps of ladders taken, and messages begun, at one look. */
  readonly stepsPerLook: number
  readonly sendsAtOnce: number
  /** People of the ladder that are told one after another, the last of them again and again. */
  readonly ladderSteps: number
  /** School mornings on which all of them are told again. */
  readonly morningsMax: number
  /** Of one message by one channel, before it is given up. */
  readonly attemptsMax: number
  readonly giveUpAfterMs: number
  /** So many failures, and the next channel starts while this one is tried further. */
  readonly failuresBeforeNext: number
  readonly backOffFirstMs: number
  readonly backOffMaxMs: number
  /** Of one attempt, whatever the other side does. */
  readonly sendTimeoutMs: number
  readonly responseBytesMax: number
  readonly detailCharsMax: number
  /** How long an orderly end waits for messages under way. */
  readonly closeWaitMs: number
  /** Whatever is due and could not be told for so long is not told late: number a drill. */
  readonly occasionLateMs: number
  readonly keptMs: number
  readonly pruneEveryMs: number
}

/** What ships. */
export const NOTIFY_LIMITS: NotifyLimits = {
  settingsBytesMax: 256 * 1024,
  secretBytesMax: 16 * 1024,
  peopleMax: 500,
  placesMax: 10,
  rotaMax: 1000,
  holidaysMax: 500,
  privateHostsMax: 20,
  problemsShownMax: 50,
  settingsLookMs: 2000,
  horizonDays: 400,
  lookMs: 1000,
  stepsPerLook: 50,
  sendsAtOnce: 8,
  ladderSteps: 4,
  morningsMax: 5,
  attemptsMax: 10,
  giveUpAfterMs: 24 * 3_600_000,
  failuresBeforeNext: 2,
  backOffFirstMs: 5000,
  backOffMaxMs: 15 * 60_000,
  sendTimeoutMs: 20_000,
  responseBytesMax: 16 * 1024,
  detailCharsMax: 200,
  closeWaitMs: 3000,
  occasionLateMs: 24 * 3_600_000,
  keptMs: 400 * 86_400_000,
  pruneEveryMs: 3_600_000,
}
