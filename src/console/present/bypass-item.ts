import type {
  BypassEvidence,
  BypassNoticed,
  BypassReason,
  RogueServerNoticed,
} from '#domain/bypass-event.ts'
import { countOf } from '../words/count-of.ts'
import { fill } from '../words/fill.ts'
import { goesRound as words } from '../words/goes-round.ts'
import { capital } from './alert-words.ts'
import { defang } from './defang.ts'
import { plainText } from './plain-text.ts'
import type { ShownTime } from './plain-time.ts'
import { type Badge, severityBadge } from './severity-badge.ts'
import type { Wording } from './wording.ts'

/** One device that goes round the filter, or one stranger that plays a server, in words; all strings are text, none is HTML. */
export interface BypassItem {
  readonly grade: Badge
  readonly when: ShownTime
  readonly sentence: string
  readonly evidence: readonly string[]
}

const SAMPLE_CHARS_MAX = 80
const REASONS: Readonly<Record<BypassReason, string>> = words.reasons
/** A newer box may have a reason that is not among them. */
const reasons: ReadonlyMap<string, string> = new Map(Object.entries(REASONS))

/** Puts the event of one device and hour into words. It says what a device did, not who had it in hand. */
export function bypassItem(body: BypassNoticed, { time, nowMs }: Wording): BypassItem {
  const name = plainText(body.client.device ?? '', SAMPLE_CHARS_MAX)
  const address = plainText(body.client.address, 64)
  const device = name === '' ? address : fill(words.device, { name, address })
  const why = reasons.get(body.rule) ?? plainText(body.rule, 60)
  return {
    grade: severityBadge(body.grade),
    when: time.at(body.lastAt, nowMs),
    sentence: fill(words.sentence, { device, group: plainText(body.group, 80), why }),
    evidence: body.evidence.map((one) => capital(evidenceText(one))),
  }
}

export function rogueItem(body: RogueServerNoticed, { time, nowMs }: Wording): BypassItem {
  const values = { address: plainText(body.address, 64), mac: body.mac }
  return {
    grade: severityBadge('high'),
    when: time.at(body.lastAt, nowMs),
    sentence: fill(words.strangers[body.part], values),
    evidence: body.detail === '' ? [] : [capital(plainText(body.detail, 200))],
  }
}

function evidenceText({ sign, count, samples }: BypassEvidence): string {
  const text = countOf(count, words.signs[sign])
  if (samples.length === 0) return text
  const shown = samples.map((sample) => defang(plainText(sample, SAMPLE_CHARS_MAX)))
  return fill(words.withSamples, { sign: text, samples: shown.join(', ') })
}
