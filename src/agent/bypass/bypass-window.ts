import {
  BYPASS_GRADES,
  BYPASS_SAMPLE_CHARS_MAX,
  BYPASS_SAMPLES_MAX,
  BYPASS_SIGNS,
  type BypassEvidence,
  type BypassGrade,
  type BypassNoticed,
  type BypassSign,
} from '#domain/bypass-event.ts'
import type { EventDraft, StoredEvent } from '#domain/event.ts'
import type { Clock } from '#platform/clock.ts'
import type { OpenEvent } from '../signals/open-events.ts'
import { mayBeBackground } from './background.ts'
import type { BypassDevice, BypassSignal } from './bypass-signal.ts'
import { gradeBypass } from './grade-bypass.ts'

/** What an event lasts, from its first sign. */
export const BYPASS_WINDOW_MS = 3_600_000

interface Gathered {
  count: number
  /** Of those, what is not background. */
  foreground: number
  firstAt: number
  lastAt: number
  readonly samples: Set<string>
}

/** One device's hour, as it grows. */
export interface BypassWindow extends OpenEvent {
  readonly id: string
  /** More of it may become known while the hour lasts. */
  device: BypassDevice
  readonly address: string
  readonly firstAt: number
  readonly signs: Map<BypassSign, Gathered>
  samples: number
  lastAt: number
  rule: string
  grade: BypassGrade
}

export interface OpenedWindow {
  readonly id: string
  readonly device: BypassDevice
  readonly address: string
  readonly clock: Clock
}

export function openBypassWindow({ id, device, address, clock }: OpenedWindow): BypassWindow {
  const at = clock.wallMs()
  return {
    id,
    device,
    address,
    firstAt: at,
    endsMs: clock.monotonicMs() + BYPASS_WINDOW_MS,
    signs: new Map(),
    samples: 0,
    lastAt: at,
    revision: 0,
    rule: '',
    grade: 'low',
  }
}

/**
 * Goes on with a stored event, for what is left of its hour; undefined where nothing is. An event does not say what of it was background, so
 * of signs that may be, nothing that was before counts for a higher grade.
 */
export function resumeBypassWindow(
  { id, revision, body }: StoredEvent,
  clock: Clock,
): BypassWindow | undefined {
  if (body.kind !== 'bypass-noticed') return undefined
  const leftMs = Math.min(BYPASS_WINDOW_MS, body.firstAt + BYPASS_WINDOW_MS - clock.wallMs())
  if (leftMs <= 0) return undefined
  const { group, mac, client, grade, rule, evidence, firstAt, lastAt } = body
  const signs = evidence.map(({ sign, samples, ...one }): [BypassSign, Gathered] => [
    sign,
    { ...one, foreground: mayBeBackground(sign) ? 0 : one.count, samples: new Set(samples) },
  ])
  return {
    id,
    device: { id: mac ?? client.address, group, mac, name: client.device },
    address: client.address,
    firstAt,
    endsMs: clock.monotonicMs() + leftMs,
    signs: new Map(signs),
    samples: signs.reduce((sum, [, { samples }]) => sum + samples.size, 0),
    lastAt,
    revision,
    rule,
    grade,
  }
}

/** Takes a sign into the hour. Whether the grade has risen; how many samples more it keeps. */
export function addSign(
  window: BypassWindow,
  { sign, count, sample }: Pick<BypassSignal, 'sign' | 'count' | 'sample'>,
  { at, isBackground, mayKeep }: { at: number; isBackground: boolean; mayKeep: boolean },
): { readonly hasRisen: boolean; readonly kept: number } {
  const known = window.signs.get(sign)
  const gathered: Gathered = known ?? {
    count: 0,
    foreground: 0,
    firstAt: at,
    lastAt: at,
    samples: new Set(),
  }
  window.signs.set(sign, gathered)
  gathered.count += count
  if (!isBackground) gathered.foreground += count
  // A clock that was set back makes no event end before it began.
  gathered.lastAt = Math.max(gathered.lastAt, at)
  window.lastAt = Math.max(window.lastAt, at)
  const kept = keepSample(window, gathered, mayKeep ? sample : '')
  const { id, grade } = gradeBypass((one) => {
    const figures = window.signs.get(one)
    return figures && { foreground: figures.foreground, different: figures.samples.size }
  })
  const hasRisen = rank(grade) > rank(window.grade) || window.rule === ''
  if (hasRisen) {
    window.grade = grade
    window.rule = id
  }
  return { hasRisen, kept }
}

/** Half of the room is for signs that have none yet, so that one of many names does not take it all. */
function keepSample(window: BypassWindow, gathered: Gathered, sample: string): number {
  const text = sample.slice(0, BYPASS_SAMPLE_CHARS_MAX)
  const room = gathered.samples.size < SAMPLES_OF_A_SIGN_MAX && window.samples < BYPASS_SAMPLES_MAX
  if (text === '' || !room || gathered.samples.has(text)) return 0
  gathered.samples.add(text)
  window.samples++
  return 1
}
const SAMPLES_OF_A_SIGN_MAX = 5

/** The hour as its newest revision. */
export function bypassDraftOf(window: BypassWindow): EventDraft {
  const { id, revision, device, address, grade, rule, firstAt, lastAt } = window
  const { group, mac, name } = device
  const body: BypassNoticed = {
    kind: 'bypass-noticed',
    group,
    client: name === undefined ? { address } : { address, device: name },
    ...(mac === undefined ? {} : { mac }),
    grade,
    rule,
    evidence: evidenceOf(window),
    firstAt,
    lastAt,
  }
  return { id, revision, at: lastAt, body }
}

/** In the order of the list of signs. */
function evidenceOf({ signs }: BypassWindow): readonly BypassEvidence[] {
  return BYPASS_SIGNS.flatMap((sign) => {
    const found = signs.get(sign)
    if (!found) return []
    const { count, firstAt, lastAt, samples } = found
    return [{ sign, count, firstAt, lastAt, samples: [...samples] }]
  })
}

function rank(grade: BypassGrade): number {
  return BYPASS_GRADES.indexOf(grade)
}
