const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** Every bound and span of the alert desk; what is no span is a number. */
export interface AlertLimits {
  /** How often the desk looks for what time brings. */
  readonly lookEveryMs: number
  /** Events judged in one transaction. */
  readonly inboxBatchMax: number
  /** How long a subject is watched before it is told, unless it must be told at once. */
  readonly collectMs: number
  /** How long a box may take to add its signal to an event; then a lone lookup is assumed: at once of what cannot wait, else with the window. */
  readonly signalWaitMs: number
  /** So long after somebody was told, the same of no greater severity is not told again. */
  readonly holdMs: number
  readonly lookBackMs: number
  /** Of one subject in one theme: the newest are judged, how many were left out is counted. */
  readonly observationsMax: number
  /** Told so long after it happened, an alert says that it is late. */
  readonly lateAfterMs: number
  /** A trend: so many pupils at one site in a day, when the school met the site first within the span. */
  readonly trendPupilsMin: number
  readonly trendNewMs: number
  readonly trendEventsMax: number
  /** Subjects whose collection window ended, and alerts that were seen again, looked at in one go. */
  readonly dueMax: number
  readonly snoozeMaxMs: number
  readonly snoozesMax: number
  /** Characters of what a person writes. */
  readonly textMax: number
  /** Of one form; what a person writes takes up to nine bytes a character on the way. */
  readonly formBytesMax: number
  readonly eventsPerAlertMax: number
  /** To how many a list counts, and through how many somebody may turn its pages. */
  readonly listedMax: number
  /** The same for who may not see some users, since every event of each alert is then looked at. */
  readonly listedCloselyMax: number
  /** Low alerts that stand, folded, below the list; and what one alert's page shows at most. */
  readonly lowShownMax: number
  readonly historyShownMax: number
  readonly observationsShownMax: number
  readonly eventsShownMax: number
  readonly priorShownMax: number
  readonly relatedShownMax: number
  /** Events whose surroundings are shown. */
  readonly timelinesShownMax: number
  /** How far back other alerts of the same person or device are told. */
  readonly priorMs: number
  /** A theme is proposed for demotion when of so many closed alerts fewer than the share were a concern. */
  readonly demoteLabelsMin: number
  readonly demoteBelowRatio: number
  /** Retention, since an alert was closed or an event happened. */
  readonly linkKeptMs: number
  readonly lowKeptMs: number
  readonly eventKeptMs: number
  readonly retentionEveryMs: number
  readonly retentionBatchMax: number
}

/** What ships. */
export const ALERT_LIMITS: AlertLimits = {
  lookEveryMs: 5000,
  inboxBatchMax: 100,
  collectMs: 10 * MINUTE_MS,
  signalWaitMs: 40_000,
  holdMs: DAY_MS,
  lookBackMs: 60 * DAY_MS,
  observationsMax: 500,
  lateAfterMs: HOUR_MS,
  trendPupilsMin: 3,
  trendNewMs: 7 * DAY_MS,
  trendEventsMax: 500,
  dueMax: 200,
  snoozeMaxMs: 8 * HOUR_MS,
  snoozesMax: 1000,
  textMax: 2000,
  formBytesMax: 98_304,
  eventsPerAlertMax: 2000,
  listedMax: 5000,
  listedCloselyMax: 1000,
  lowShownMax: 24,
  historyShownMax: 200,
  observationsShownMax: 500,
  eventsShownMax: 50,
  priorShownMax: 20,
  relatedShownMax: 20,
  timelinesShownMax: 5,
  priorMs: 90 * DAY_MS,
  demoteLabelsMin: 50,
  demoteBelowRatio: 0.1,
  linkKeptMs: 90 * DAY_MS,
  lowKeptMs: 90 * DAY_MS,
  eventKeptMs: 365 * DAY_MS,
  retentionEveryMs: HOUR_MS,
  retentionBatchMax: 500,
}
