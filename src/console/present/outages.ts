import type { LinkChanged } from '#domain/event.ts'
import { fill } from '../words/fill.ts'
import { line as words } from '../words/line.ts'
import { capital } from './alert-words.ts'
import { linkSentence, stateBadge } from './link-words.ts'
import { plainText } from './plain-text.ts'
import { plainDuration, type ShownTime } from './plain-time.ts'
import type { Badge } from './severity-badge.ts'
import type { Wording } from './wording.ts'

/** A time in which the line was not good. */
export interface Outage {
  readonly state: Badge
  readonly began: ShownTime
  readonly lasted: string
  readonly cause: string
  readonly detail: string
}

/** Reads outages out of changes given newest first: each lasts until the change that came after it. */
export function outagesOf(
  changes: readonly LinkChanged[],
  { time, nowMs }: Wording,
): readonly Outage[] {
  return changes.flatMap((change, index): Outage[] => {
    if (change.to !== 'down' && change.to !== 'degraded') return []
    const after = changes[index - 1]
    const lasted =
      after === undefined
        ? fill(words.soFar, { length: plainDuration(Math.max(0, nowMs - change.since)) })
        : plainDuration(Math.max(0, after.since - change.since))
    return [
      {
        state: stateBadge(change.to),
        began: time.at(change.since, nowMs),
        lasted,
        cause: linkSentence(change.to, change.cause),
        detail: capital(plainText(change.detail, 200)),
      },
    ]
  })
}
