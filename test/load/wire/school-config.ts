/** The simulated school as a configuration of a real agent, with a list for each category. */
import { dayText, minuteText, WEEKDAYS } from '#rules/calendar.ts'
import type { CategoryId } from '#rules/category-ids.ts'
import { isByCanary } from '#simulator/names/made-up-name.ts'
import { GROUP_NETWORKS } from '#simulator/school/school.ts'
import { TIMETABLE } from '#simulator/school/school-year.ts'
import type { AllStories } from '#simulator/story/all-stories.ts'
import type { World } from '#simulator/world.ts'
import { NO_CLIENT_LIMITS } from '#test/support/no-client-limits.ts'

/** Time passes faster than in a school, and what is left out of a second would be missing in many of them. */
const NO_SIGNAL_LIMITS = { 'signal-names-per-second': 100_000, 'signal-names-per-client': 100_000 }

export interface SchoolConfig {
  readonly config: Readonly<Record<string, unknown>>
  readonly files: Readonly<Record<string, string>>
  /** A name of a list, blocked for pupils. */
  readonly someBlocked: string
}

export function schoolConfig(
  world: World,
  stories: AllStories,
  collectorPort: number,
): SchoolConfig {
  const names = new Map<CategoryId, string[]>()
  for (const [name, category] of [...world.catalogue.categories, ...stories.categories])
    if (!isByCanary(category)) names.set(category, [...(names.get(category) ?? []), name])
  const lists = [...names].map(([category, all]) => {
    const id = `x-${category.replaceAll(/[._]/g, '-')}`
    return { id, category, path: `lists/${id}.txt`, text: all.join('\n') }
  })
  return {
    someBlocked: names.get('adult.porn')?.[0] ?? '',
    files: Object.fromEntries(lists.map(({ path, text }) => [path, `${text}\n`])),
    config: {
      collector: { url: `http://127.0.0.1:${collectorPort}` },
      limits: { ...NO_CLIENT_LIMITS, ...NO_SIGNAL_LIMITS },
      lists: lists.map(({ id, category, path }) => ({ id, path, format: 'domains', category })),
      networks: [
        { cidr: '127.0.0.0/8', group: 'ks3' },
        ...Object.entries(GROUP_NETWORKS).map(([group, at]) => {
          return { cidr: `127.${at}.0.0/16`, group }
        }),
      ],
      identity: {
        neighbours: false,
        names: { reverse: false, mdns: false },
        devices: world.school.devices.map(({ address, name, owner }) => {
          return { address, name, ...(owner && { user: owner.user }) }
        }),
      },
      timetable: {
        zone: TIMETABLE.zone.name,
        terms: TIMETABLE.terms.map(range),
        closed: TIMETABLE.closed.map(range),
        periods: WEEKDAYS.flatMap((on, i) => {
          const parts = TIMETABLE.week[i] ?? []
          return parts.length === 0
            ? []
            : [{ on: [on], lessons: timesOf('lesson', parts), breaks: timesOf('break', parts) }]
        }),
      },
    },
  }
}

function range({ from, to }: { readonly from: number; readonly to: number }) {
  return { from: dayText(from), to: dayText(to) }
}

function timesOf(kind: string, parts: (typeof TIMETABLE.week)[number]) {
  return Object.fromEntries(
    parts
      .filter((part) => part.kind === kind)
      .map(({ name, from, to }) => [name, `${minuteText(from)}-${minuteText(to)}`]),
  )
}
