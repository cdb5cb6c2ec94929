/** Several stories at once, in one stream. */
import { type Failure, failure, isFailure } from '#domain/failure.ts'
import type { CategoryId } from '#rules/category-ids.ts'
import type { Lookup } from '../traffic/lookup.ts'
import type { World } from '../world.ts'
import { type Casting, castStories } from './cast.ts'
import { type Played, playStory } from './play-story.ts'
import type { Story } from './story.ts'

export interface AllStories {
  readonly stories: readonly Story[]
  readonly casting: Casting
  readonly played: ReadonlyMap<string, Played>
  /** Of all stories, oldest first. */
  readonly lookups: readonly Lookup[]
  /** Names that lists must have beside the catalogue's. */
  readonly categories: ReadonlyMap<string, CategoryId>
}

/** Casts and plays all; a failure where two stories share an id or say different things of one name, or the school is too small. */
export function playStories(
  world: World,
  stories: readonly Story[],
): AllStories | Failure<'cast' | 'story'> {
  const ids = new Set(stories.map(({ id }) => id))
  if (ids.size < stories.length) return failure('story', 'two stories have the same id')
  const categories = categoriesOf(world, stories)
  if (isFailure(categories)) return categories
  const casting = castStories(world.school, stories)
  if (isFailure(casting)) return casting
  const played = new Map(
    stories.map((story) => [story.id, playStory(world, story, casting.get(story.id) ?? new Map())]),
  )
  const lookups = [...played.values()]
    .flatMap((one) => one.lookups)
    .toSorted((a, b) => a.atMs - b.atMs)
  return { stories, casting, played, lookups, categories }
}

function categoriesOf(
  { catalogue }: World,
  stories: readonly Story[],
): ReadonlyMap<string, CategoryId> | Failure<'story'> {
  const categories = new Map<string, CategoryId>()
  const known = new Set([
    ...catalogue.categories.keys(),
    ...catalogue.sites.map(({ name }) => name),
  ])
  const said = new Map<string, CategoryId | undefined>()
  for (const { id, sites } of stories)
    for (const [name, category] of sites) {
      if (known.has(name))
        return failure(
          'story',
          `story ${id}: ${name} is a site of the school's own internet already`,
        )
      if (said.has(name) && said.get(name) !== category)
        return failure('story', `story ${id}: ${name} has another category in another story`)
      said.set(name, category)
      if (category !== undefined) categories.set(name, category)
    }
  return categories
}
