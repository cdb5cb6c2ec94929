import type { SafeguardingBody } from '#domain/event.ts'
import { alert as words } from '../words/alert.ts'
import { countOf } from '../words/count-of.ts'
import { defang, isIllegal, shownName } from './defang.ts'
import type { ShownTime } from './plain-time.ts'
import type { Wording } from './wording.ts'

/** What a device asked for in the ten minutes round a lookup. Text, never a link. */
export interface Timeline {
  readonly title: string
  readonly when: ShownTime
  readonly entries: readonly {
    readonly clock: string
    readonly name: string
    readonly outcome: string
    /** It is the lookup that the event tells of. */
    readonly isItself: boolean
  }[]
  /** What nobody chose, as a number only. */
  readonly background: string
}

/** Undefined where the box sent no context, or the law forbids looking further. */
export function timelineOf(body: SafeguardingBody, wording: Wording): Timeline | undefined {
  const context = body.signal?.context
  if (context === undefined || isIllegal(body.category)) return undefined
  const { time, nowMs } = wording
  const own = {
    at: body.firstAt,
    name: shownName(body.name, body.category),
    isBlocked: body.kind === 'lookup-blocked',
    isItself: true,
  }
  const near = context.names.map(({ name, ...rest }) => ({
    ...rest,
    name: defang(name),
    isItself: false,
  }))
  // The box tells the lookup itself among the names where they may be told.
  const others = near.filter(({ at, name }) => !(name === own.name && Math.abs(at - own.at) < 1000))
  return {
    title: wording.category(body.category).title,
    when: time.at(body.firstAt, nowMs),
    entries: [...others, own]
      .toSorted((a, b) => a.at - b.at)
      .map(({ at, name, isBlocked, isItself }) => ({
        clock: time.clock(at),
        name,
        outcome: isBlocked ? words.blocked : words.allowed,
        isItself,
      })),
    background:
      context.others === 0 ? words.roundNothing : countOf(context.others, words.roundOthers),
  }
}
