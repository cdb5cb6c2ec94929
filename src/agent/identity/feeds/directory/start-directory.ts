/**
 * Which groups of the directory a user is in. Whoever becomes known is asked for once; the answer holds for an hour, and for a day
 * while the directory is away. Asked for are the groups that the configuration names, and nothing else is kept.
 */
import { LRUCache } from 'lru-cache'
import { isFailure } from '#domain/failure.ts'
import { restartDelay } from '#platform/restart-delay.ts'
import { after } from '#platform/timer.ts'
import type { ReadyDirectory } from '../../../policy/ready-identity.ts'
import { makeBuckets } from '../../../token-bucket.ts'
import type { IdentityFeed } from '../../sighting.ts'
import type { FeedParts } from '../feed-parts.ts'
import { isWhole } from '../person.ts'
import { makeQuietFaults, type TellFault } from '../quiet-faults.ts'
import { readAccess } from './directory-access.ts'
import { type DirectoryCounts, type DirectoryReadings, NO_COUNTS } from './directory-counts.ts'
import { DIRECTORY_LIMITS } from './directory-limits.ts'
import { GroupNames } from './group-names.ts'
import { type FoundGroups, LdapConnection } from './ldap-connection.ts'

export interface DirectoryConfig {
  /** Undefined: there is none. */
  readonly directory: ReadyDirectory | undefined
  /** Groups of the directory that mean something here, as the configuration spells them. */
  readonly groups: Iterable<string>
}

export interface DirectoryFeed extends IdentityFeed {
  /** Looks a user up, unless it is known already; what comes of it is told as `user-known`. As often as is liked; returns at once. */
  readonly ask: (user: string) => void
  /** What was known of another directory is void; whoever was known is asked for again where groups have changed. */
  readonly use: (config: DirectoryConfig) => void
  readonly readings: () => DirectoryReadings
}

/** Never throws: what is wrong with the directory is told as a fault, and it is tried again. */
export function startDirectory(config: DirectoryConfig, parts: FeedParts): DirectoryFeed {
  const directory = new Directory(parts)
  directory.use(config)
  return {
    ask: (user) => directory.ask(user),
    use: (next) => directory.use(next),
    readings: () => directory.readings(),
    close: () => directory.close(),
  }
}

interface Known {
  readonly groups: readonly string[]
  readonly isThere: boolean
  readonly atMs: number
}

/** While the rate is reached. */
const RATE_POLL_MS = 20

class Directory {
  readonly #parts: FeedParts
  readonly #tellFault: TellFault
  readonly #allows = makeBuckets({
    tokens: DIRECTORY_LIMITS.searchBurst,
    refillMs: (DIRECTORY_LIMITS.searchBurst * 1000) / DIRECTORY_LIMITS.searchesPerSecond,
    keysMax: 1,
  })
  readonly #counts: DirectoryCounts = { ...NO_COUNTS }
  readonly #known = new LRUCache<string, Known>({ max: DIRECTORY_LIMITS.users })
  /** User -> tries so far, in the order of asking. */
  readonly #queue = new Map<string, number>()
  readonly #busy = new Set<string>()
  #config: ReadyDirectory | undefined
  #names = new GroupNames([])
  #inForce = ''
  #connection: LdapConnection | undefined
  /** Changes with the configuration: what an older one has begun is dropped. */
  #generation = 0
  #isConnecting = false
  #isResting = false
  #delayMs = 0
  #cancelTimer: () => void = () => undefined

  constructor(parts: FeedParts) {
    this.#parts = parts
    this.#tellFault = makeQuietFaults('directory', parts)
  }

  use({ directory, groups }: DirectoryConfig): void {
    const names = new GroupNames(groups)
    const inForce = JSON.stringify([directory, names.all])
    const isOther = JSON.stringify(directory) !== JSON.stringify(this.#config)
    if (inForce !== this.#inForce) {
      this.#inForce = inForce
      this.#config = directory
      this.#names = names
      this.#askAllAgain(isOther)
    }
    // Somebody may have mended what it rests for.
    this.#stopResting()
    this.#pump()
  }

  ask(text: string): void {
    if (!this.#config || this.#names.all.length === 0) return
    const user = text.toLowerCase()
    if (user === '' || user.length > DIRECTORY_LIMITS.userChars || !isWhole(user)) {
      this.#counts.oddNames++
      return
    }
    const known = this.#known.get(user)
    if (known) this.#tell(user, known)
    if (known && this.#isFresh(known)) {
      this.#counts.cached++
      return
    }
    if (this.#busy.has(user) || this.#queue.has(user)) return
    if (this.#queue.size >= DIRECTORY_LIMITS.queued) {
      this.#counts.queueFull++
      return
    }
    this.#queue.set(user, 0)
    this.#pump()
  }

  readings(): DirectoryReadings {
    return {
      ...this.#counts,
      state: this.#state(),
      followsNested: this.#connection?.followsNested ?? false,
      queued: this.#queue.size,
      inFlight: this.#busy.size,
      users: this.#known.size,
    }
  }

  async close(): Promise<void> {
    this.#config = undefined
    this.#askAllAgain(false)
    this.#stopResting()
  }

  #state(): DirectoryReadings['state'] {
    if (!this.#config) return 'off'
    if (this.#connection?.isOpen) return 'open'
    return this.#isResting ? 'failing' : 'closed'
  }

  #askAllAgain(isOther: boolean): void {
    this.#generation++
    this.#connection?.close()
    this.#connection = undefined
    this.#isConnecting = false
    const users = [...this.#known.keys(), ...this.#queue.keys(), ...this.#busy]
    if (isOther && this.#known.size > 0) this.#voidAll()
    this.#known.clear()
    this.#queue.clear()
    this.#busy.clear()
    for (const user of users) this.ask(user)
  }

  /** Nobody is in a group by the word of a directory that is not asked any more, until the new one says so. */
  #voidAll(): void {
    const { tell } = this.#parts
    tell({ kind: 'forgotten', source: 'directory' })
    const lastsMs = DIRECTORY_LIMITS.keptMs
    for (const user of this.#known.keys())
      tell({ kind: 'user-known', source: 'directory', user, memberOf: [], lastsMs })
  }

  /** Does whatever can be done now. */
  #pump(): void {
    if (!this.#config || this.#names.all.length === 0 || this.#isResting || this.#isConnecting)
      return
    const connection = this.#connection
    if (!connection?.isOpen) {
      this.#connect(this.#config).catch((error: unknown) => this.#broke(error))
      return
    }
    for (const [user, tries] of this.#queue) {
      if (this.#busy.size >= DIRECTORY_LIMITS.inFlight) return
      if (!this.#allows('', this.#parts.clock.monotonicMs())) return this.#pumpSoon()
      this.#queue.delete(user)
      this.#busy.add(user)
      this.#look(connection, user, tries).catch((error: unknown) => {
        this.#busy.delete(user)
        this.#broke(error)
      })
    }
  }

  #pumpSoon(): void {
    this.#cancelTimer()
    this.#cancelTimer = after(RATE_POLL_MS, () => this.#pump())
  }

  async #connect(config: ReadyDirectory): Promise<void> {
    const generation = this.#generation
    this.#isConnecting = true
    const access = readAccess(config)
    if (isFailure(access)) return this.#rest(access.detail, false)
    if (access.isOpenToAll)
      this.#tellFault(
        'password file',
        `${config.passwordFile} can be read by every user of this machine: chmod 600 it`,
      )
    const connection = new LdapConnection(access)
    this.#counts.connections++
    const fault = await connection.open()
    if (generation !== this.#generation) return connection.close()
    if (fault) {
      connection.close()
      return this.#rest(fault.detail, fault.failure === 'refused')
    }
    this.#isConnecting = false
    this.#connection = connection
    this.#pump()
  }

  async #look(connection: LdapConnection, user: string, tries: number): Promise<void> {
    const generation = this.#generation
    this.#counts.searches++
    const found = await connection.groupsOf(user, this.#names.all)
    if (generation !== this.#generation) return
    this.#busy.delete(user)
    if (isFailure(found)) {
      this.#counts.failures++
      if (tries + 1 < DIRECTORY_LIMITS.tries) this.#queue.set(user, tries + 1)
      else this.#counts.givenUp++
      if (!this.#isResting && !this.#isConnecting) this.#rest(found.detail, false)
      return
    }
    this.#delayMs = 0
    this.#learn(user, found)
    this.#pump()
  }

  /** No such user, or two of one name: nothing is known then, which is knowledge too. */
  #learn(user: string, found: Exclude<FoundGroups, { readonly failure: string }>): void {
    const isThere = typeof found !== 'string'
    if (isThere) this.#counts.found++
    else this.#counts[found]++
    const groups = isThere ? this.#names.among(found) : []
    const known = { groups, isThere, atMs: this.#parts.clock.monotonicMs() }
    this.#known.set(user, known)
    this.#tell(user, known)
  }

  #isFresh({ isThere, atMs }: Known): boolean {
    const { freshMs, absentMs } = DIRECTORY_LIMITS
    return this.#parts.clock.monotonicMs() - atMs < (isThere ? freshMs : absentMs)
  }

  #tell(user: string, { groups, atMs }: Known): void {
    const lastsMs = atMs + DIRECTORY_LIMITS.keptMs - this.#parts.clock.monotonicMs()
    if (lastsMs <= 0) return
    this.#parts.tell({ kind: 'user-known', source: 'directory', user, memberOf: groups, lastsMs })
  }

  #rest(why: string, isRefused: boolean): void {
    this.#isConnecting = false
    this.#isResting = true
    this.#delayMs = restartDelay(this.#delayMs, 0)
    const restMs = isRefused ? DIRECTORY_LIMITS.refusedRestMs : this.#delayMs
    const again = isRefused
      ? 'it is tried again in ten minutes, or when the configuration is read again'
      : 'it is tried again'
    this.#tellFault(`unreachable ${why}`, `${this.#config?.url ?? 'directory'}: ${why}; ${again}`)
    this.#cancelTimer()
    this.#cancelTimer = after(restMs, () => {
      this.#stopResting()
      this.#pump()
    })
  }

  #stopResting(): void {
    this.#cancelTimer()
    this.#isResting = false
  }

  #broke(error: unknown): void {
    this.#parts.log.warn({ err: error }, 'directory')
    this.#rest('something of the box itself broke; see the log', false)
  }
}
