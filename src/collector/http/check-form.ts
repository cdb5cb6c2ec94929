import { z } from 'zod'
import { newCheck } from '#console/words/new-check.ts'
import type { EvidenceLimits } from '../config/evidence-limits.ts'
import { CHECK_SUBJECTS, LESSON_SITE } from '../evidence/check-subjects.ts'
import {
  DEVICE_KINDS,
  type DeviceKind,
  type Expected,
  SEEN,
  type Seen,
} from '../evidence/check-words.ts'
import {
  choiceProblem,
  lengthProblem,
  lineProblem,
  type Problems,
  problemsOf,
} from './form-problems.ts'

/** What the two pages of a check ask. Hostile text. */
export interface CheckForm {
  readonly device: string
  readonly kind: string
  readonly room: string
  readonly network: string
  readonly group: string
  /** A group that is not among those known. */
  readonly other: string
  readonly tried: string
  readonly expected: string
  /** "yes": the first page was sent. */
  readonly step: string
  /** When the name to try was shown, in milliseconds since the epoch. */
  readonly started: string
  readonly seen: string
  readonly note: string
}

const words = newCheck.problems

const text = z.string().trim().catch('')
const form: z.ZodType<CheckForm> = z.object({
  device: text,
  kind: text,
  room: text,
  network: text,
  group: text,
  other: text,
  tried: text,
  expected: text,
  step: text,
  started: text,
  seen: text,
  note: text,
})

/** Reads an address or a form; never fails. */
export function readCheckForm(given: unknown): CheckForm {
  const known = form.safeParse(given)
  return known.success ? known.data : form.parse({})
}

export function groupOf({ group, other }: CheckForm): string {
  return other === '' ? group : other
}

/** Of the first page: which device, and what is to be tried. */
export function setUpProblems(given: CheckForm, limits: EvidenceLimits): Problems {
  const { device, kind, room, network, tried, expected } = given
  return problemsOf({
    device: lineProblem(device, limits, words.device),
    kind: choiceProblem(kind, DEVICE_KINDS, words.kind),
    room: lineProblem(room, limits, words.room),
    network: lengthProblem(network, limits.lineMax),
    group: lineProblem(groupOf(given), limits, words.group),
    tried: choiceProblem(
      tried,
      CHECK_SUBJECTS.map(({ id }) => id),
      words.tried,
    ),
    expected:
      tried === LESSON_SITE ? '' : choiceProblem(expected, ['blocked', 'watched'], words.expected),
  })
}

/** Of the second: what was seen. */
export function seenProblems({ seen, note, tried }: CheckForm, limits: EvidenceLimits): Problems {
  return problemsOf({
    seen: choiceProblem(seen, SEEN, words.seen),
    note: tried === LESSON_SITE && note === '' ? words.site : lengthProblem(note, limits.textMax),
  })
}

export function deviceKindOf({ kind }: CheckForm): DeviceKind | undefined {
  return DEVICE_KINDS.find((one) => one === kind)
}

export function seenOf({ seen }: CheckForm): Seen | undefined {
  return SEEN.find((one) => one === seen)
}

export function expectedOf({ tried, expected }: CheckForm): Expected {
  if (tried === LESSON_SITE) return 'opens'
  return expected === 'watched' ? 'watched' : 'blocked'
}
