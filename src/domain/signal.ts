/**
 * One scored observation of lookups that may matter to safeguarding: what an appliance adds to an event about them. Factors
 * multiply; each says what it is, so that a person can read why something was scored as it was.
 */

/** What kind of moment it was at the school, by its timetable. `unknown`: the school gave none. */
export const MOMENTS = [
  'lesson',
  'break',
  'school-day',
  'evening',
  'night',
  'closed',
  'unknown',
] as const
export type Moment = (typeof MOMENTS)[number]

/** What speaks for, or against, that a person chose the name. */
export const INTENT_REASONS = [
  'anchor', // visited as a page of its own, with its own assets
  'retried', // blocked, and asked for again as people do
  'lone', // a single lookup
  'embedded', // beside other names, as adverts and embeds are
  'reloaded', // asked for again as browsers do by themselves
  'background', // an app's or a system's own
] as const
export type IntentReason = (typeof INTENT_REASONS)[number]

/** What a score is made of. */
export const SCORE_PARTS = [
  'weight',
  'intent',
  'identity',
  'moment',
  'novelty',
  'sequence',
  'burst',
] as const
export type ScorePartName = (typeof SCORE_PARTS)[number]

/** `weight` and `burst` are points that add up, all others factors that multiply. */
export interface ScorePart {
  readonly part: ScorePartName
  readonly value: number
}

/** A name near the signal that its user probably chose: never one of protected help, faith, health, LGBT+ or abuse support. */
export interface ContextName {
  /** Hostile text, presentation form. */
  readonly name: string
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly isBlocked: boolean
}

/** At most so many names leave the school with a signal. */
export const CONTEXT_NAMES_MAX = 40

/** Ten minutes round a signal of severity Medium or above. */
export interface SignalContext {
  /** Oldest first. */
  readonly names: readonly ContextName[]
  /** All other lookups of the same ten minutes, as a number only. */
  readonly others: number
  readonly fromMs: number
  readonly toMs: number
}

export interface Signal {
  /** Version of the weights that it was scored by. */
  readonly weights: number
  /** How likely a person chose the name, in percent, and why. */
  readonly intent: number
  readonly why: IntentReason
  readonly moment: Moment
  /** Registrable names of this category, asked for by this client in the window. */
  readonly distinctNames: number
  /** Hash-free key of the registrable name (hostile text) for novelty and clusters; absent where the name may not be told. */
  readonly site?: string
  /** First time that anybody at this school asked for it, in as far as the appliance remembers. */
  readonly isNew: boolean
  /** Seconds from the blocked lookup to the first try of a way round the filter. */
  readonly wayRoundAfterSeconds?: number
  /** Without identity: the collector knows the event's confidence and multiplies it in. */
  readonly parts: readonly ScorePart[]
  readonly points: number
  readonly context?: SignalContext
}
