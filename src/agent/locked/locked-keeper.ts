import type { LockedBundleChanged } from '#domain/event.ts'
import { type LockedStatus, lockedSentence } from '#domain/locked-status.ts'
import type { Clock } from '#platform/clock.ts'
import type { LockedNames } from '#rules/locked-names.ts'
import {
  inForceStatus,
  type LockedFound,
  loadLocked,
  lockedFingerprint,
  statusOf,
} from './locked-files.ts'
import type { OpenedBundle } from './open-bundle.ts'

/** A change is taken up when two looks see the same: files that are being written are left alone. */
const LOOK_EVERY_MS = 1_000

export interface LockedKeeperOptions {
  /** The agent's part of the state folder. */
  readonly folder: string
  readonly clock: Clock
  /** A newer bundle was found good. */
  readonly onNames: (names: LockedNames) => void
  /** How it stands, at start and after each change; the event is absent where nothing ever was installed. */
  readonly onChange: (sentence: string, event: LockedBundleChanged | undefined) => void
}

/**
 * Keeps the locked bundle in force: the one on the disk at start, newer ones as they come. Whatever happens to the files
 * then, the last good one stays in force in memory, and the status says what is wrong. There is no way to put it out of force.
 */
export class LockedKeeper {
  readonly #options: LockedKeeperOptions
  #found: LockedFound
  #inForce: OpenedBundle | undefined
  #loaded: string
  #seen: string
  #told = ''
  #timer: NodeJS.Timeout | undefined

  /** Reads what is there, so that no query is answered without it. Blocks on the disk. */
  constructor(options: LockedKeeperOptions) {
    this.#options = options
    this.#loaded = lockedFingerprint(options.folder)
    this.#seen = this.#loaded
    this.#found = loadLocked(options.folder)
    this.#inForce = this.#found.kind === 'in-force' ? this.#found.bundle : undefined
  }

  /** In force now; undefined where there is nothing. */
  get names(): LockedNames | undefined {
    return this.#inForce?.names
  }

  /** Tells how it stands, and looks for changes from now on. */
  start(): void {
    this.#tell()
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS).unref()
  }

  status(): LockedStatus {
    const found = this.#found
    return this.#inForce && found.kind === 'lost'
      ? inForceStatus(this.#inForce, found.problem)
      : statusOf(found)
  }

  close(): void {
    clearInterval(this.#timer)
  }

  #look(): void {
    const now = lockedFingerprint(this.#options.folder)
    const isSettled = now === this.#seen
    this.#seen = now
    if (now === this.#loaded || !isSettled) return
    this.#loaded = now
    // Whoever can write a file there could write another publisher into it: while it runs, an agent goes by its own memory.
    this.#take(loadLocked(this.#options.folder, this.#inForce?.header.publisher))
    this.#tell()
  }

  #take(found: LockedFound): void {
    const before = this.#inForce?.header.serial
    this.#found = found
    if (
      found.kind === 'in-force' &&
      (before === undefined || found.bundle.header.serial >= before)
    ) {
      this.#inForce = found.bundle
      this.#options.onNames(found.bundle.names)
    } else if (before !== undefined && found.kind !== 'lost') {
      const problem =
        found.kind === 'none'
          ? 'its files are gone'
          : `an older bundle than serial ${before} is there`
      this.#found = { kind: 'lost', problem }
    }
  }

  #tell(): void {
    const status = this.status()
    const told = JSON.stringify(status)
    if (told === this.#told) return
    const isNews = this.#told !== '' || status.kind !== 'none'
    this.#told = told
    this.#options.onChange(
      lockedSentence(status, this.#options.clock.wallMs()),
      isNews ? lockedEvent(status) : undefined,
    )
  }
}

function lockedEvent(status: LockedStatus): LockedBundleChanged {
  const kind = 'locked-bundle-changed' as const
  if (status.kind === 'none') return { kind, state: 'not-in-force' }
  if (status.kind === 'lost') return { kind, state: 'not-in-force', problem: status.problem }
  const { publisher, serial, problem } = status
  return problem === undefined
    ? { kind, state: 'in-force', publisher, serial }
    : { kind, state: 'memory-only', publisher, serial, problem }
}
