import type { ReleaseEnd } from '#domain/event.ts'
import { type Failure, failure, isFailure } from '#domain/failure.ts'
import type { Clock } from '#platform/clock.ts'
import type { Release } from './release.ts'
import { RELEASES_MAX, readReleases, writeReleases } from './release-file.ts'

/** Clocks are corrected by less without anybody having set them. */
const SET_BACK_MS = 60_000

export interface ReleaseBookOptions {
  readonly clock: Clock
  /** What the run before left, as it was saved; undefined where there is nothing. */
  readonly kept: string | undefined
  /** Keeps the text durably. Calls follow one another. */
  readonly save: (text: string) => Promise<void>
  readonly onFault: (text: string) => void
}

interface Held {
  readonly release: Release
  /** On the clock that cannot be set: a release ends in time though somebody sets the other back. */
  readonly deadlineMs: number
}

/** The releases in force, in memory and on the disk. Who asks for them and what becomes of policy is not its business. */
export class ReleaseBook {
  readonly #options: ReleaseBookOptions
  #held: readonly Held[]
  #saving: Promise<unknown> = Promise.resolve()
  /** Those of the run before whose time was over before this one began. */
  readonly endedMeanwhile: readonly (readonly [Release, ReleaseEnd])[]

  constructor(options: ReleaseBookOptions) {
    this.#options = options
    const { clock, kept, onFault } = options
    const read = kept === undefined ? [] : readReleases(kept)
    if (isFailure(read)) onFault(`${read.detail}; nothing is released`)
    const releases = isFailure(read) ? [] : read
    const nowMs = clock.wallMs()
    this.endedMeanwhile = releases.flatMap((release) => {
      const end = endAt(release, nowMs)
      return end === undefined ? [] : [[release, end] as const]
    })
    this.#held = releases
      .filter((release) => endAt(release, nowMs) === undefined)
      .map((release) => ({ release, deadlineMs: clock.monotonicMs() + release.endsAt - nowMs }))
    if (this.endedMeanwhile.length > 0) this.#saveInBackground()
  }

  /** In the order of their granting. */
  all(): readonly Release[] {
    return this.#held.map(({ release }) => release)
  }

  /** Keeps a release; it is not one of `all` any more when that fails. */
  async add(release: Release): Promise<Failure<'refused' | 'store-unavailable'> | undefined> {
    if (this.#held.length >= RELEASES_MAX)
      return failure('refused', `at most ${RELEASES_MAX} releases at a time`)
    const { clock } = this.#options
    const deadlineMs = clock.monotonicMs() + release.endsAt - release.grantedAt
    const held = { release, deadlineMs }
    this.#held = [...this.#held, held]
    const fault = await this.#save()
    if (fault === undefined) return undefined
    this.#held = this.#held.filter((one) => one !== held)
    return failure('store-unavailable', `the release could not be kept: ${fault}`)
  }

  /** Takes a release out of force at once; undefined when there is none such. */
  end(id: string): Release | undefined {
    const ended = this.#held.find(({ release }) => release.id === id)?.release
    if (ended) this.#keepOnly((release) => release !== ended)
    return ended
  }

  /** Takes out what is over now, by either clock, and what no group has any more. */
  endDue(groups: ReadonlyMap<string, unknown>): readonly (readonly [Release, ReleaseEnd])[] {
    const { clock } = this.#options
    const wallMs = clock.wallMs()
    const monotonicMs = clock.monotonicMs()
    const due = this.#held.flatMap(
      ({ release, deadlineMs }): (readonly [Release, ReleaseEnd])[] => {
        const end = deadlineMs <= monotonicMs ? 'time' : endAt(release, wallMs)
        if (end !== undefined) return [[release, end]]
        return groups.has(release.group) ? [] : [[release, 'group-gone']]
      },
    )
    if (due.length > 0) {
      const gone = new Set(due.map(([release]) => release))
      this.#keepOnly((release) => !gone.has(release))
    }
    return due
  }

  /** Resolves when everything has been written that will be. */
  async close(): Promise<void> {
    await this.#saving
  }

  #keepOnly(isKept: (release: Release) => boolean): void {
    this.#held = this.#held.filter(({ release }) => isKept(release))
    this.#saveInBackground()
  }

  #saveInBackground(): void {
    this.#save().then(
      (fault) => {
        // On the disk it ends by its own time, as it would have without us.
        if (fault !== undefined)
          this.#options.onFault(`an ended release is still on disk: ${fault}`)
      },
      () => undefined,
    )
  }

  /** Why the present state could not be kept, in words. Never rejects. */
  #save(): Promise<string | undefined> {
    const saved = this.#saving
      .then(() => this.#options.save(writeReleases(this.all())))
      .then(
        () => undefined,
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      )
    this.#saving = saved
    return saved
  }
}

/** Why a release is over at a moment; a clock from well before its granting cannot be trusted to end it. */
function endAt({ grantedAt, endsAt }: Release, wallMs: number): ReleaseEnd | undefined {
  if (wallMs >= endsAt) return 'time'
  return wallMs < grantedAt - SET_BACK_MS ? 'clock-set-back' : undefined
}
