import type { SafeguardingBody } from '#domain/event.ts'
import { isIllegal, NAME_WITHHELD, shownName } from './defang.ts'
import { plainText } from './plain-text.ts'
import { plural, type ShownTime } from './plain-time.ts'
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

/** Stands for whom an event is about, where the viewer's role must not know. */
export const NOT_SHOWN = 'Only the safeguarding lead sees this'

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
  const words = wording.category(body.category)
  const name = shownName(body.name, body.category)
  const address = isBare ? NOT_SHOWN : plainText(body.client.address, 64)
  const outcome = body.kind === 'lookup-blocked' ? 'blocked' : 'allowed and watched'
  return {
    id,
    href: `/events/${encodeURIComponent(id)}`,
    severity: severityBadge(body.severity),
    when: wording.time.at(body.firstAt, wording.nowMs),
    category: words.title,
    sentence: `A device looked up ${words.sentence}. It was ${outcome}.`,
    name,
    isNameWithheld: name === NAME_WITHHELD,
    isIllegal: isIllegal(body.category),
    device: plainText(body.client.device ?? '', 80),
    address,
    group: plainText(body.group, 80),
    lookups: plural(body.count, 'lookup'),
    outcome,
    box: plainText(wording.boxName(appliance), 80),
  }
}
