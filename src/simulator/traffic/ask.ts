/** The few shapes in which a browser asks for one name. */
import type { CategoryId } from '#rules/category-ids.ts'
import type { Dice } from '../dice.ts'
import type { Device } from '../school/school.ts'
import { type Cause, type Lookup, type StoryStep, TYPE_A, TYPE_AAAA, TYPE_HTTPS } from './lookup.ts'

/** Whose lookups they are, and where they go. */
export interface Asker {
  readonly device: Device
  readonly dice: Dice
  readonly add: (lookup: Lookup) => boolean
  readonly step?: StoryStep
}

/** A browser asks for all of them within some milliseconds. */
const TYPES_WITHIN_MS = 4

/** A, AAAA and HTTPS of one name (safeguarding.md section 7.2), as for something that is to be fetched. */
export function askAll(
  asker: Asker,
  name: string,
  category: CategoryId | undefined,
  atMs: number,
  cause: Cause,
): void {
  askOne(asker, name, category, atMs, cause, TYPE_A)
  askOne(asker, name, category, atMs + asker.dice.int(TYPES_WITHIN_MS), cause, TYPE_AAAA)
  askOne(asker, name, category, atMs + asker.dice.int(TYPES_WITHIN_MS), cause, TYPE_HTTPS)
}

/** A and AAAA, as apps and prefetching do. */
export function askAddresses(
  asker: Asker,
  name: string,
  category: CategoryId | undefined,
  atMs: number,
  cause: Cause,
): void {
  askOne(asker, name, category, atMs, cause, TYPE_A)
  askOne(asker, name, category, atMs + asker.dice.int(TYPES_WITHIN_MS), cause, TYPE_AAAA)
}

export function askOne(
  { device, step, add }: Asker,
  name: string,
  category: CategoryId | undefined,
  atMs: number,
  cause: Cause,
  type: number,
): void {
  add(
    step === undefined
      ? { atMs, device, name, type, category, cause }
      : { atMs, device, name, type, category, cause, step },
  )
}
