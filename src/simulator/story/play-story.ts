/** What a story asks for, lookup by lookup. */
import type { CategoryId } from '#rules/category-ids.ts'
import { Dice } from '../dice.ts'
import { plainSite, type Site } from '../names/site.ts'
import type { Device } from '../school/school.ts'
import { momentAt } from '../school/school-year.ts'
import { type Asker, askAddresses, askOne } from '../traffic/ask.ts'
import { go } from '../traffic/browse.ts'
import { type Lookup, TYPE_A } from '../traffic/lookup.ts'
import { prefetch } from '../traffic/search-page.ts'
import { verdictOf } from '../verdict-of.ts'
import type { World } from '../world.ts'
import type { Step, Story } from './story.ts'

/** A page is up before an advert or a result on it is looked up. */
const SHOWN_AFTER_MS = 700
/** By so much of its time something is done later than the story says, when it is done again. */
const UNEVEN_SHARE = 0.08

/** When the lookup that decides was made, by expectation. */
export interface Played {
  /** Oldest first. */
  readonly lookups: readonly Lookup[]
  /** The first lookup of each time of each step, by `step time`; of several people the last. */
  readonly beganMs: ReadonlyMap<string, number>
}

/** Plays a story with its cast; the same seed gives the same lookups. */
export function playStory(
  world: World,
  story: Story,
  cast: ReadonlyMap<string, readonly Device[]>,
): Played {
  const lookups: Lookup[] = []
  const beganMs = new Map<string, number>()
  for (const [at, step] of story.steps.entries()) {
    const dice = new Dice(world.school.seed, 9, at, step.atMs / 1000)
    const devices = step.who.flatMap((who) => cast.get(who) ?? [])
    for (const [place, device] of devices.entries())
      for (let time = 0; time < step.times; time++) {
        const atMs =
          step.atMs + place * step.apartMs + time * step.everyMs + unevenness(dice, step, time)
        const key = beganKey(step.id, time + 1)
        beganMs.set(key, Math.max(beganMs.get(key) ?? 0, atMs))
        const add = (lookup: Lookup): boolean => lookups.push(lookup) > 0
        const asker = { device, dice, add, step: { story: story.id, step: step.id } }
        doDeed(asker, world, step, siteOf(story, step), atMs)
      }
  }
  return { lookups: lookups.toSorted((a, b) => a.atMs - b.atMs), beganMs }
}

/** A page that is closed shows no adverts. */
function openSite({ dice, device }: Asker, { catalogue }: World, isLesson: boolean): Site {
  const isOpen = ({ category }: Site): boolean =>
    verdictOf(category, device.group, isLesson) !== 'blocked'
  return dice.pickPopular(catalogue.sites.filter(isOpen))
}

/** Nobody does a thing again by the clock, as programs do. */
function unevenness(dice: Dice, { does, everyMs }: Step, time: number): number {
  if (time === 0 || does === 'background' || does === 'lookup') return 0
  return dice.int(Math.round(everyMs * UNEVEN_SHARE) + 1)
}

export function beganKey(step: string, time: number): string {
  return `${step} ${time}`
}

function siteOf(story: Story, { site }: Step): Site | undefined {
  if (site === undefined) return undefined
  const category: CategoryId | undefined = story.sites.get(site)
  return plainSite(site, category)
}

function doDeed(
  asker: Asker,
  world: World,
  { does }: Step,
  site: Site | undefined,
  atMs: number,
): void {
  const { dice } = asker
  const { catalogue } = world
  const page = { atMs, isLesson: momentAt(atMs) === 'lesson' }
  if (!site) return go(asker, world, page, dice.pickPopular(catalogue.sites), 'story')
  switch (does) {
    case 'visit':
      return go(asker, world, page, site, 'story')
    case 'search':
      go(asker, world, page, dice.pick(catalogue.searchEngines), 'story')
      return prefetch(asker, [site], atMs + SHOWN_AFTER_MS)
    case 'advert':
      go(asker, world, page, openSite(asker, world, page.isLesson), 'story')
      return askAddresses(asker, site.name, site.category, atMs + SHOWN_AFTER_MS, 'advert')
    case 'background':
      return askAddresses(asker, site.name, site.category, atMs, 'background')
    case 'lookup':
      return askOne(asker, site.name, site.category, atMs, 'story', TYPE_A)
    case 'browse':
      return undefined
    default:
      return does satisfies never
  }
}
