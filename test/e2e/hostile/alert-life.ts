/** The life of an alert, from the first look to the last word, with one hostile text wherever somebody writes. */
import type { RunningCollector } from '#test/support/running-collector.ts'
import { send } from './forms.ts'

/** Stands for another alert. */
const OTHER = 'other'
/** In the order in which they may be taken; what is not written is chosen. */
const LIFE: readonly (readonly [string, readonly string[], Readonly<Record<string, string>>?])[] = [
  ['acknowledge', []],
  ['review', []],
  ['note', ['text']],
  ['await-information', ['what']],
  ['information-came', []],
  ['hold', ['why']],
  ['release-hold', ['why']],
  ['escalate', ['to', 'why']],
  ['decide', ['reason'], { decision: 'no-concern' }],
  ['act', ['action']],
  ['close', ['reason', 'action', 'outcome', 'caseReference'], { decision: 'no-concern' }],
  ['reopen', ['why']],
  ['decide', ['decision', 'reason']],
  ['assign', ['to']],
  ['merge', ['into', 'why']],
  ['merge', ['why'], { into: OTHER }],
  ['split', ['events', 'why']],
]

export interface Step {
  readonly route: string
  readonly text: string
  readonly status: number
  readonly html: string
}

interface Life {
  readonly alert: string
  /** Another, into which it is merged. */
  readonly other: string
  readonly text: string
  /** How far; undefined for all of it. */
  readonly steps?: number | undefined
}

export async function liveThrough(
  { consoleUrl }: RunningCollector,
  cookie: string,
  { alert, other, text, steps: count }: Life,
): Promise<readonly Step[]> {
  const steps: Step[] = []
  for (const [kind, written, chosen = {}] of LIFE.slice(0, count)) {
    const form = {
      route: `POST /alerts/:id/${kind}`,
      action: `/alerts/${alert}/${kind}`,
      isMultipart: false,
    }
    const fields = {
      ...Object.fromEntries(written.map((name) => [name, text])),
      ...(chosen['into'] === OTHER ? { into: other } : chosen),
    }
    const answer = await send(consoleUrl, form, fields, cookie)
    steps.push({ route: form.route, text, status: answer.status, html: await answer.text() })
  }
  return steps
}
