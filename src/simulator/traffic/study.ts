/** One page of a lesson on a subject that looks bad to a filter: good sources, a search that shows worse ones, at times one of those. */
import type { Topic } from '../names/topics.ts'
import type { World } from '../world.ts'
import type { Asker } from './ask.ts'
import { go } from './browse.ts'
import { prefetch } from './search-page.ts'

const SEARCHES = 0.25
/** Of searches in such a lesson, those that show a listed source. */
const SHOWS_LISTED = 0.3
/** Pages of one pupil in one lesson, about: turns "how many of the class go there" into a chance for one page. */
const PAGES_OF_LESSON = 40

export function study(asker: Asker, world: World, topic: Topic, atMs: number): void {
  const { dice } = asker
  const { catalogue } = world
  const sources = catalogue.topics.find((one) => one.topic.id === topic.id)
  if (!sources) return
  const page = { atMs, isLesson: true }
  if (dice.chance(topic.goesToListed / PAGES_OF_LESSON))
    return go(asker, world, page, dice.pick(sources.listed), 'curriculum')
  if (!dice.chance(SEARCHES)) return go(asker, world, page, dice.pick(sources.good), 'curriculum')
  go(asker, world, page, dice.pick(catalogue.searchEngines))
  const shown = sources.good.slice(0, 4)
  if (dice.chance(SHOWS_LISTED)) shown.push(dice.pick(sources.listed))
  prefetch(asker, shown, atMs + 700)
}
