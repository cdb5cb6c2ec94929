/** What the alert desk makes of an event: whose it is, in which theme and queue, and what judging needs of it. Pure. */
import type { BypassNoticed } from '#domain/bypass-event.ts'
import { type EventBody, isSafeguarding, type SafeguardingBody } from '#domain/event.ts'
import { categoryOf } from '#rules/categories.ts'
import type { CategoryId } from '#rules/category-ids.ts'
import { isTrial } from '#rules/sets/canaries.ts'
import type { ThemeId } from '#rules/themes.ts'
import type { Observation } from '#safeguarding/judge.ts'
import type { Queue, Subject } from './alert.ts'
import { queueOf } from './queue-of.ts'
import { deviceOf, subjectKey, subjectOf, trialKey } from './subject-of.ts'

/** One subject in one theme and queue: what one open alert is about. */
export interface AlertKey {
  readonly tenant: string
  readonly subjectKey: string
  readonly theme: ThemeId
  readonly queue: Queue
}

/** An event as it came; times in milliseconds since the epoch. */
export interface JudgedEvent {
  readonly tenant: string
  readonly appliance: string
  readonly id: string
  readonly revision: number
  readonly receivedAt: number
  readonly body: EventBody
}

/** The newest state of an event. */
export interface Observed extends AlertKey {
  readonly subject: Subject
  readonly revision: number
  readonly receivedAt: number
  readonly lastAt: number
  readonly group: string
  readonly hasSignal: boolean
  /** Several pupils at this site on one day are worth an alert of their own. */
  readonly isTrend: boolean
  /** Whether a snooze was in force for it is for the desk to say. */
  readonly facts: Omit<Observation, 'isSnoozed'>
}

/** What is assumed of an event of which its box gave no signal in time: a lone lookup. Percent. */
export const ASSUMED_INTENT = 50
/** The share of intent below which a lookup is no sign of a trend: adverts and embeds go round every school. */
const TREND_INTENT_MIN = 50
/** A clock that runs ahead by less is believed. */
const CLOCK_AHEAD_MAX_MS = 5 * 60_000
/** Nothing waits longer in an outbox: an older time is of a clock that was not set. */
const AGE_MAX_MS = 60 * 86_400_000

/** Themes in which one rare site among several pupils is a trend. Not illegal: of its sites nothing is told or compared. */
const TREND_THEMES: ReadonlySet<ThemeId> = new Set([
  'suicide',
  'self-harm',
  'eating-disorders',
  'harmful',
  'violence',
  'radicalisation',
  'vawg',
  'sexual-behaviour',
  'contact',
  'ai-contact',
  'weapons',
])

/** Undefined where no person is ever told: a category without a theme, or one that only a newer program knows. */
export function observe(event: JudgedEvent, heads: ReadonlySet<string>): Observed | undefined {
  const { body } = event
  if (isSafeguarding(body)) return ofLookup(event, body, heads)
  return body.kind === 'bypass-noticed' ? ofBypass(event, body) : undefined
}

function ofLookup(
  event: JudgedEvent,
  body: SafeguardingBody,
  heads: ReadonlySet<string>,
): Observed | undefined {
  const category = categoryOf(body.category)
  const theme = category?.theme
  if (category === undefined || theme === undefined) return undefined
  const { signal, client } = body
  const queue = queueOf({ theme, profile: body.profile, user: client.user, heads })
  const subject = queue === 'it' ? deviceOf(client) : subjectOf(client)
  const key = subjectKey(subject, event.appliance)
  const isTried = isTrial(body.list)
  const intent = signal?.intent ?? 0
  const burst = signal?.parts.find(({ part }) => part === 'burst')?.value
  return {
    tenant: event.tenant,
    subjectKey: isTried ? trialKey(key) : key,
    theme,
    queue,
    subject,
    revision: event.revision,
    receivedAt: event.receivedAt,
    lastAt: believed(body.lastAt, event.receivedAt),
    group: body.group,
    hasSignal: signal !== undefined,
    isTrend:
      TREND_THEMES.has(theme) &&
      queue === 'safeguarding' &&
      !isTried &&
      signal?.site !== undefined &&
      intent >= TREND_INTENT_MIN,
    facts: {
      event: event.id,
      at: believed(body.firstAt, event.receivedAt),
      category: category.id,
      site: signal?.site ?? (body.name.form === 'clear' ? body.name.name : body.name.hash),
      isBlocked: body.kind === 'lookup-blocked',
      lookups: body.count,
      distinctNames: signal?.distinctNames ?? 1,
      intent,
      moment: signal?.moment ?? 'unknown',
      isNew: signal?.isNew ?? false,
      ...(signal?.wayRoundAfterSeconds === undefined
        ? {}
        : { wayRoundAfterSeconds: signal.wayRoundAfterSeconds }),
      ...(burst === undefined ? {} : { burst }),
      confidence: client.confidence ?? 0,
      ...(body.profile === undefined ? {} : { profile: body.profile }),
    },
  }
}

/** How sure each grade is that somebody meant it. Percent. */
const GRADE_INTENT = { low: 20, medium: 50, high: 100 } as const

function ofBypass(event: JudgedEvent, body: BypassNoticed): Observed {
  const { client, mac } = body
  const subject = deviceOf(mac === undefined ? client : { ...client, mac })
  const signs = body.evidence.map(({ sign }) => sign)
  return {
    tenant: event.tenant,
    subjectKey: subjectKey(subject, event.appliance),
    theme: 'circumvention',
    queue: 'it',
    subject,
    revision: event.revision,
    receivedAt: event.receivedAt,
    lastAt: believed(body.lastAt, event.receivedAt),
    group: body.group,
    hasSignal: true,
    isTrend: false,
    facts: {
      event: event.id,
      at: believed(body.firstAt, event.receivedAt),
      category: bypassCategory(signs),
      site: `bypass:${body.rule}`,
      isBlocked: signs.every((sign) => sign.includes('looked-up')),
      lookups: body.evidence.reduce((sum, { count }) => sum + count, 0),
      distinctNames: Math.max(
        1,
        body.evidence.reduce((sum, { samples }) => sum + samples.length, 0),
      ),
      intent: GRADE_INTENT[body.grade],
      moment: 'unknown',
      isNew: false,
      confidence: client.confidence ?? 0,
    },
  }
}

function bypassCategory(signs: readonly string[]): CategoryId {
  if (signs.some((sign) => sign.startsWith('vpn-') || sign.startsWith('tor-'))) return 'bypass.vpn'
  return signs.includes('proxy-looked-up') ? 'bypass.proxy' : 'bypass.doh'
}

/** A box's time, unless its clock cannot be right: then when we heard of it. */
function believed(at: number, receivedAt: number): number {
  const isBelievable = at <= receivedAt + CLOCK_AHEAD_MAX_MS && at >= receivedAt - AGE_MAX_MS
  return isBelievable ? at : receivedAt
}
