/**
 * How much is asked, and when. Published figures (scale estimate of the reference): one person's three devices made 3,006 queries a
 * device and day; home reports show 5 to 19 % blocked. Planning figures of the same place: 4,000 a device and day, 4.8 million a
 * school of 1,200 devices, on average 190 a second over a day of seven hours and 1,500 at a change of lessons, 0.05 % of them in
 * categories that somebody is told of. What follows is set so that those come out; `test/simulator` measures it.
 */
import type { Moment } from '#domain/signal.ts'
import type { DeviceKind } from '../school/school-mix.ts'

/** Pages a minute of somebody who is at it. */
export const PAGES_PER_MINUTE = 0.64
/** Everybody opens what the lesson needs: the peak at a change of lessons. */
export const LESSON_BEGINS = { minutes: 2, factor: 8 } as const
/** Of pages, those of search results, and how many links each looks up ahead. */
export const SEARCH_SHARE = 0.1
export const RESULTS_SHOWN = 6
/** Of links shown, those in a category that somebody is told of. */
export const LISTED_RESULT = 0.003
/** Suicide-related searches were 0.05 % of 107 million of students, many of them pop culture (safeguarding.md section 7.4). */
export const SUICIDE_SEARCH = 0.0005
/** Of pages with adverts, those where one is in a category that somebody is told of. */
export const LISTED_ADVERT = 0.01
/** Of pages, those at a site that is closed to pupils though harmless: games, social networks. They are tried all the same. */
export const CLOSED_PAGE_STAYS = 0.45
/** A wrong click on something of the lesser categories, closed at once. */
export const WRONG_CLICK = 0.0002
/** Help is looked for: of pages, by pupils. */
export const HELP_PAGE = 0.0008
/** What a visitor's phone or a sleeping computer asks of what it would ask awake. */
export const ASLEEP = 0.06
/** The same of a device that is on while nobody is at it. */
export const IDLE = 0.5

type Uses = Readonly<Record<Moment, number>>

/** How likely somebody is at a device of a kind, by the moment. */
export const USES: Readonly<Record<DeviceKind, Uses>> = {
  'own-laptop': uses(0.5, 0.15, 0.06),
  'lab-pc': uses(0.6, 0.1, 0.04),
  trolley: uses(0.45, 0, 0),
  'own-phone': uses(0.25, 0.85, 0.2),
  'staff-laptop': uses(0.6, 0.4, 0.45),
  'guest-phone': uses(0.35, 0.7, 0.3),
  fixture: uses(0, 0, 0),
}

/** When a device of a kind is at the school at all, in minutes after midnight; for others than fixtures, only on days with lessons. */
export const ON_SITE = { from: 480, to: 960, staffFrom: 435, staffTo: 1050 } as const
/** How likely somebody who boards is at a device of theirs outside of school. */
export const BOARDER_USES = { evening: 0.5, night: 0.06, closed: 0.25 } as const

function uses(lesson: number, breaks: number, schoolDay: number): Uses {
  return {
    lesson,
    break: breaks,
    'school-day': schoolDay,
    evening: 0,
    night: 0,
    closed: 0,
    unknown: 0,
  }
}
