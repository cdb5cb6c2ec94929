import type { SafeguardingBody } from '#domain/event.ts'
import { countOf } from '../words/count-of.ts'
import { counts } from '../words/counts.ts'
import { event as words } from '../words/event.ts'
import { fill } from '../words/fill.ts'
import { isIllegal, NAME_WITHHELD, shownName } from './defang.ts'
import { plainText } from './plain-text.ts'
import type { ShownTime } from './plain-time.ts'
import { type Badge, severityBadge } from './severity-badge.ts'
import type { Wording } from './wording.ts'

/** One safeguarding event as a row of the list; all strings are text, none is HTML. */
export interface EventItem {
  readonly id: string
  readonly href: string
  readonly severity: Badge
  readonly when: ShownTime
  readonly category: string
  readonly sentence: string
  readonly name: string
  readonly isNameWithheld: boolean
  readonly isIllegal: boolean
  readonly device: string
  readonly address: string
  readonly group: string
  readonly lookups: string
  /** What became of them: `blocked`, or `allowed and watched`. */
  readonly outcome: string
  readonly box: string
}

export interface EventFacts {
  readonly id: string
  /** Whom it is about is not for the viewer: the body has nothing of it. */
  readonly isBare?: boolean
  readonly appliance: string
  readonly body: SafeguardingBody
}

/** Puts an event into words. */
export function eventItem(
  { id, isBare, appliance, body }: EventFacts,
  wording: Wording,
): EventItem {
  const category = wording.category(body.category)
  const name = shownName(body.name, body.category)
  const address = isBare ? words.notShown : plainText(body.client.address, 64)
  const outcome = body.kind === 'lookup-blocked' ? words.blocked : words.watched
  return {
    id,
    href: `/events/${encodeURIComponent(id)}`,
    severity: severityBadge(body.severity),
    when: wording.time.at(body.firstAt, wording.nowMs),
    category: category.title,
    sentence: fill(words.sentence, { what: category.sentence, outcome }),
    name,
    isNameWithheld: name === NAME_WITHHELD,
    isIllegal: isIllegal(body.category),
    device: plainText(body.client.device ?? '', 80),
    address,
    group: plainText(body.group, 80),
    lookups: countOf(body.count, counts.lookups),
    outcome,
    box: plainText(wording.boxName(appliance), 80),
  }
}
