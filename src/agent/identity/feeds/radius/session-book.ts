import { LRUCache } from 'lru-cache'
import type { MacAddress } from '#domain/mac-address.ts'
import type { Clock } from '#platform/clock.ts'
import type { TellSighting } from '../../sighting.ts'
import { type Account, type IsOwnRealm, readAccount } from '../person.ts'
import type { AccountingRecord } from './accounting-record.ts'
import type { RadiusOutcome } from './radius-counts.ts'
import { RADIUS_LIMITS } from './radius-limits.ts'

/** What has been heard of a session. An ended one keeps no more than that it ended. */
interface Session {
  readonly nas: string
  readonly client: string
  readonly account: Account
  readonly mac: MacAddress | undefined
  readonly addresses: readonly string[]
  readonly intervalSeconds: number | undefined
  /** The newest event, by the access server's clock; 0 where it does not say. */
  readonly eventSeconds: number
  readonly endedAtMs: number | undefined
}

const NOBODY: Account = { kind: 'nobody' }

/** The sessions that access servers have told of; tells who is logged on. Its packets are authentic and fresh. */
export class SessionBook {
  readonly #clock: Clock
  readonly #tell: TellSighting
  readonly #sessions: LRUCache<string, Session>
  /** Sessions of each access server. */
  readonly #byNas = new Map<string, Set<string>>()
  #ownRealms: ReadonlySet<string> = new Set()
  readonly #isOwn: IsOwnRealm = (realm) => this.#ownRealms.has(realm)
  #forgotten = 0

  constructor(clock: Clock, tell: TellSighting) {
    this.#clock = clock
    this.#tell = tell
    this.#sessions = new LRUCache({
      max: RADIUS_LIMITS.sessions,
      dispose: ({ nas }, key, reason) => {
        if (reason === 'set') return
        if (reason === 'evict') this.#forgotten++
        this.#unlist(nas, key)
      },
    })
  }

  get size(): number {
    return this.#sessions.size
  }

  get forgotten(): number {
    return this.#forgotten
  }

  /** Takes note of what a client's access server says. */
  take(record: AccountingRecord, client: string): RadiusOutcome {
    if (record.status === 'other') return 'other-status'
    if (record.status === 'restart') return this.#restart(record)
    const known = this.#known(record.session)
    if (known && isOlder(record, known)) return 'out-of-order'
    if (record.status === 'stop') return this.#stop(record, client)
    if (known?.endedAtMs !== undefined) return 'after-stop'
    return this.#goOn(record, client, known)
  }

  /**
   * From now on these are believed, and these realms are the school's own. Ends the sessions of other clients; all, where the realms are
   * others than before, for who a name is may have changed.
   */
  use(clients: ReadonlySet<string>, realms: readonly string[]): void {
    const own = new Set(realms)
    const isSame = own.symmetricDifference(this.#ownRealms).size === 0
    this.#ownRealms = own
    this.#endAll(
      [...this.#sessions].flatMap(([key, { client }]) =>
        isSame && clients.has(client) ? [] : [key],
      ),
    )
  }

  #known(key: string): Session | undefined {
    const known = this.#sessions.get(key)
    const { endedAtMs } = known ?? {}
    if (endedAtMs === undefined) return known
    return this.#clock.monotonicMs() - endedAtMs > RADIUS_LIMITS.endedSessionMs ? undefined : known
  }

  /** Ends what the access server had before; what it has told of since goes on, for this may come late. */
  #restart({ nas, eventSeconds }: AccountingRecord): RadiusOutcome {
    this.#endAll(
      [...(this.#byNas.get(nas) ?? [])].filter((key) => {
        const known = this.#sessions.peek(key)
        return eventSeconds === undefined || !known || known.eventSeconds <= eventSeconds
      }),
    )
    return 'restarted'
  }

  #stop(record: AccountingRecord, client: string): RadiusOutcome {
    this.#set(record.session, {
      nas: record.nas,
      client,
      account: NOBODY,
      mac: undefined,
      addresses: [],
      intervalSeconds: undefined,
      eventSeconds: record.eventSeconds ?? 0,
      endedAtMs: this.#clock.monotonicMs(),
    })
    this.#tell({ kind: 'logged-off', source: 'radius', session: record.session })
    return 'stopped'
  }

  /** What an update leaves out is as it was; an address that comes late is added. */
  #goOn(record: AccountingRecord, client: string, known: Session | undefined): RadiusOutcome {
    const session: Session = {
      nas: record.nas,
      client,
      account:
        record.userName === undefined
          ? (known?.account ?? NOBODY)
          : readAccount(record.userName, this.#isOwn),
      mac: record.mac ?? known?.mac,
      addresses: withThoseOfOtherFamily(record.addresses, known?.addresses ?? []),
      intervalSeconds: record.intervalSeconds ?? known?.intervalSeconds,
      eventSeconds: Math.max(record.eventSeconds ?? 0, known?.eventSeconds ?? 0),
      endedAtMs: undefined,
    }
    this.#set(record.session, session)
    const { account, mac, addresses } = session
    if (account.kind !== 'person') {
      // Whoever it was before is not there any more.
      if (known?.account.kind === 'person')
        this.#tell({ kind: 'logged-off', source: 'radius', session: record.session })
      return account.kind
    }
    if (mac === undefined && addresses.length === 0) return 'no-device'
    const { user } = account
    const lastsMs = lifetime(session) - record.delaySeconds * 1000
    if (lastsMs <= 0) return 'out-of-order'
    this.#tell({
      kind: 'logged-on',
      source: 'radius',
      user,
      session: record.session,
      mac,
      addresses,
      lastsMs,
    })
    return known ? 'updated' : 'started'
  }

  #set(key: string, session: Session): void {
    this.#sessions.set(key, session)
    const listed = this.#byNas.get(session.nas) ?? new Set<string>()
    this.#byNas.set(session.nas, listed.add(key))
  }

  #unlist(nas: string, key: string): void {
    const listed = this.#byNas.get(nas)
    listed?.delete(key)
    if (listed?.size === 0) this.#byNas.delete(nas)
  }

  #endAll(keys: Iterable<string>): void {
    for (const key of keys) {
      const wasOn = this.#sessions.get(key)?.endedAtMs === undefined
      this.#sessions.delete(key)
      if (wasOn) this.#tell({ kind: 'logged-off', source: 'radius', session: key })
    }
  }
}

function isOlder({ eventSeconds }: AccountingRecord, known: Session): boolean {
  return eventSeconds !== undefined && eventSeconds < known.eventSeconds
}

function lifetime({ intervalSeconds }: Session): number {
  if (intervalSeconds === undefined) return RADIUS_LIMITS.sessionMs
  const { intervalSecondsMin, intervalSecondsMax, intervalsMissed } = RADIUS_LIMITS
  const seconds = Math.min(Math.max(intervalSeconds, intervalSecondsMin), intervalSecondsMax)
  return seconds * 1000 * intervalsMissed
}

/** Many access servers tell of IPv4 and of IPv6 in packets of their own. */
function withThoseOfOtherFamily(
  told: readonly string[],
  before: readonly string[],
): readonly string[] {
  const families = new Set(told.map(isIpv6))
  const others = before.filter((address) => !families.has(isIpv6(address)))
  return [...told, ...others].slice(0, RADIUS_LIMITS.addressesOfSession)
}

function isIpv6(address: string): boolean {
  return address.includes(':')
}
