import { LRUCache } from 'lru-cache'
import type { FollowedEvent } from './signal-messages.ts'

/** As many as windows that are open at once, by default twice. */
const EVENTS_MAX = 20_000

type Followed = Omit<FollowedEvent, 'event'>

/** Which event the lookups of a client in a category go with, as told last; trials of the filter have one of their own. */
export class EventBook {
  readonly #events = new LRUCache<string, FollowedEvent>({ max: EVENTS_MAX })

  /** Whether that is news. */
  follow(followed: FollowedEvent): boolean {
    const key = keyOf(followed)
    const isNew = this.#events.get(key)?.event !== followed.event
    if (isNew) this.#events.set(key, followed)
    return isNew
  }

  find(followed: Followed): string | undefined {
    return this.#events.get(keyOf(followed))?.event
  }

  /** All, those told first first. */
  all(): readonly FollowedEvent[] {
    return [...this.#events.values()].toReversed()
  }
}

function keyOf({ client, category, isMonitored, isTrial }: Followed): string {
  return `${client} ${category} ${isMonitored ? 'monitored' : 'blocked'} ${isTrial ? 'trial' : 'real'}`
}
