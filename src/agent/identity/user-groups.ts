import { type Expiring, ExpiringMap } from './expiring-map.ts'
import type { UserKnown } from './sighting.ts'

interface Membership extends Expiring {
  readonly memberOf: readonly string[]
}

/** What groups of the directory a user is in, for as long as its word holds. Names of users are the same in any case. */
export class UserGroups {
  readonly #users: ExpiringMap<string, Membership>

  constructor(max: number) {
    this.#users = new ExpiringMap(max)
  }

  get crowdedOut(): number {
    return this.#users.crowdedOut
  }

  /** Empty where nothing is known. */
  of(user: string, nowMs: number): readonly string[] {
    return this.#users.get(user.toLowerCase(), nowMs)?.memberOf ?? []
  }

  /** Answers of whom more or less is known now: the user, and whoever made room. */
  know({ user, memberOf, lastsMs }: UserKnown, nowMs: number): readonly string[] {
    const name = user.toLowerCase()
    const [crowded] = this.#users.set(name, { memberOf, expiresMs: nowMs + lastsMs }) ?? []
    return crowded === undefined ? [name] : [name, crowded]
  }

  /** Answers of whom nothing is known any more. */
  expire(nowMs: number): readonly string[] {
    const gone: string[] = []
    this.#users.expire(nowMs, (_, user) => gone.push(user))
    return gone
  }
}
