/** Looks for names of protected help in whatever leaves the agent: none may stand anywhere. */
import type { EventDraft } from '#domain/event.ts'
import type { AllStories } from '../story/all-stories.ts'
import type { World } from '../world.ts'

export interface TraceWatch {
  readonly look: (draft: EventDraft) => void
  /** What was found, each name once. */
  readonly found: () => readonly string[]
}

export function makeTraceWatch(world: World, stories: AllStories): TraceWatch {
  const names = helpNames(world, stories)
  const found = new Set<string>()
  return {
    look: (draft) => {
      const text = JSON.stringify(draft)
      for (const name of names) if (text.includes(name)) found.add(name)
    },
    found: () => [...found],
  }
}

/** Every name of protected help, of the school's life and of its stories. */
export function helpNames({ catalogue }: World, { stories }: AllStories): readonly string[] {
  const ofStories = stories.flatMap(({ sites }) =>
    [...sites].filter(([, category]) => category === 'protected.help').map(([name]) => name),
  )
  return [...catalogue.help.map(({ name }) => name), ...ofStories]
}
