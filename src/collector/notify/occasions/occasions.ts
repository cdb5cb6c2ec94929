import type { Sqlite } from '#platform/sqlite.ts'
import { DAY_MS, dayText } from '#rules/calendar.ts'
import { localTimeAt, utcOf } from '#rules/local-time.ts'
import type { Zone } from '#rules/zone.ts'
import type { Notices } from '../delivery/notices.ts'
import { NOTIFY_LIMITS } from '../notify-limits.ts'
import type { NotifySettings, Person, WeeklyTime } from '../settings/notify-settings.ts'
import type { DigestCounts } from '../words.ts'
import { type DrillState, drillCounts } from './drill-state.ts'

const WEEK_MS = 7 * DAY_MS

/** What happens once a week: the drill that proves that everybody can be reached, and the summary. */
export interface Occasions {
  look(settings: NotifySettings, nowMs: number): void
}

/** Alerts of a week, in milliseconds since the epoch. */
export type CountWeek = (fromMs: number, toMs: number) => Omit<DigestCounts, 'drill' | 'untilMs'>

export function makeOccasions(
  db: Sqlite,
  notices: Notices,
  {
    countWeek,
    drill: readDrill,
  }: { readonly countWeek: CountWeek; readonly drill: () => DrillState | undefined },
): Occasions {
  const tellAll = db.transaction(
    (
      kind: 'drill' | 'digest',
      occasion: string,
      people: readonly Person[],
      told: { readonly nowMs: number; readonly facts?: string },
    ) => {
      for (const person of people) notices.tellOnce(occasion, { kind, tone: kind, person, ...told })
    },
  )
  const done = new Map<string, string>()
  /** Runs `tell` once for the newest occasion, and not at all when that is long over. */
  const once = (
    kind: 'drill' | 'digest',
    when: { readonly time: WeeklyTime; readonly zone: Zone; readonly nowMs: number },
    tell: (occasion: string, atMs: number) => void,
  ): void => {
    const { atMs, day } = lastOccasion(when.zone, when.time, when.nowMs)
    const occasion = dayText(day)
    if (when.nowMs - atMs > NOTIFY_LIMITS.occasionLateMs || done.get(kind) === occasion) return
    tell(occasion, atMs)
    done.set(kind, occasion)
  }
  return {
    look: ({ zone, drill, digest, people }, nowMs) => {
      if (drill)
        once('drill', { time: drill, zone, nowMs }, (occasion) =>
          tellAll.immediate('drill', occasion, people, { nowMs }),
        )
      once('digest', { time: digest, zone, nowMs }, (occasion, atMs) => {
        const last = readDrill()
        const counts: DigestCounts = {
          ...countWeek(atMs - WEEK_MS, atMs),
          untilMs: atMs,
          ...(last === undefined ? {} : { drill: drillCounts(last) }),
        }
        const facts = JSON.stringify(counts)
        tellAll.immediate('digest', occasion, people.filter(readsDigest), { nowMs, facts })
      })
    },
  }
}

/** The newest moment at or before `nowMs` that is this time of the week on the school's clocks. */
export function lastOccasion(
  zone: Zone,
  { weekday, minute }: WeeklyTime,
  nowMs: number,
): { readonly atMs: number; readonly day: number } {
  const today = localTimeAt(zone, nowMs)
  const day = today.day - ((today.weekday - weekday + 7) % 7)
  const atMs = utcOf(zone, day, minute)
  return atMs <= nowMs ? { atMs, day } : { atMs: utcOf(zone, day - 7, minute), day: day - 7 }
}

/** Counts of pupils' alerts are for those who review them, by e-mail alone. */
function readsDigest({ roles, places }: Person): boolean {
  const isReviewer = roles.includes('dsl') || roles.includes('deputy')
  return isReviewer && places.some(({ channel }) => channel === 'email')
}
