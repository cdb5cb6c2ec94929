import type { NetworkFacts } from '#domain/device-report.ts'
import type { EventClient } from '#domain/event.ts'
import type { HiddenSchool } from '#domain/hidden-school.ts'
import { CONFIDENCE_BANDS, type ConfidenceBand, confidenceBand } from '#domain/identity.ts'
import type { IdentityStatus } from '#domain/ingest.ts'
import { parseMac } from '#domain/mac-address.ts'
import type { Clock } from '#platform/clock.ts'
import type { ReadyConfig } from '../policy/ready-config.ts'
import type { AskedCount } from './asked-counts.ts'
import { type Assignment, type AssignmentRow, readClientKey } from './assignment.ts'
import type { Identity } from './identity.ts'
import { IdentityTable } from './identity-table.ts'
import { NetworkCounts } from './network-counts.ts'
import { RecentShare } from './recent-share.ts'
import type { TellSighting } from './sighting.ts'

/** What is told within this time goes to the answering threads together. */
const SOON_MS = 50
/** Keys that are looked into between two turns of the event loop: a millisecond or two. */
const SLICE_KEYS = 1_000
const EXPIRE_EVERY_MS = 500
/** A forwarder says again and again which device has which address. */
const EDNS_LASTS_MS = 600_000

export interface IdentityParts {
  readonly config: ReadyConfig
  readonly clock: Clock
}

/** Puts who asks from where in force, in every thread. */
type Assign = (rows: readonly AssignmentRow[]) => void

/** Who asks: the table, and what the answering threads are told of it. */
export class Identities {
  readonly table: IdentityTable
  readonly tell: TellSighting
  /** What the threads know. */
  readonly #assigned = new Map<string, Assignment>()
  readonly #changed = new Set<string>()
  /** People whose groups have changed; where they are is looked for once for all of them. */
  readonly #changedUsers = new Set<string>()
  #endpoints: ReadonlySet<string> = new Set()
  #assign: Assign | undefined
  #soon: NodeJS.Timeout | undefined
  readonly #expiring: NodeJS.Timeout
  readonly #share = new RecentShare()
  readonly #networks = new NetworkCounts()
  #config: ReadyConfig
  #onAsking: (address: string, identity: Identity) => void = () => undefined
  readonly #clock: Clock

  constructor(parts: IdentityParts) {
    const { config, clock } = parts
    this.#clock = clock
    this.#config = config
    this.table = new IdentityTable(config.identity, clock, {
      onKeys: (changed) => this.#note(changed),
      onUsers: (changed) => this.#noteUsers(changed),
    })
    this.tell = this.table.tell
    this.#expiring = setInterval(this.table.followClock, EXPIRE_EVERY_MS)
    this.#expiring.unref()
    this.use(config)
  }

  /** From now on tells the answering threads, beginning with all that is known already. */
  assignTo(assign: Assign): void {
    this.#assign = assign
    this.#assignChanged()
  }

  use(config: ReadyConfig): void {
    const { identity } = config
    this.#config = config
    this.table.use(identity)
    const before = this.#endpoints
    this.#endpoints = new Set(identity.devices.flatMap(({ endpoint }) => endpoint ?? []))
    this.#note([...before, ...this.#endpoints])
  }

  /** Whom a client's key stands for, in what an event may hold. */
  describe(key: string): EventClient {
    const { address } = readClientKey(key)
    const { mac, name, user, confidence, device } = this.identityOf(key)
    return {
      address,
      // A guess may give one child's name to another's device.
      ...(name && name.confidence >= CONFIDENCE_BANDS.fair && { device: name.value }),
      ...(mac !== undefined && { mac }),
      ...(user && { user: user.value }),
      ...(confidence > 0 && { confidence, source: (user ?? device ?? name)?.source ?? 'network' }),
    }
  }

  identityOf(key: string): Identity {
    const { address, mac, endpoint } = readClientKey(key)
    if (endpoint !== undefined) return this.table.ofEndpoint(endpoint)
    const ofAddress = this.table.ofAddress(address)
    return mac === undefined || ofAddress.mac === mac ? ofAddress : this.table.ofDevice(mac)
  }

  /** Takes who has asked, and how often. */
  noteAsked(counts: readonly AskedCount[]): void {
    for (const count of counts) {
      const { key, sender, queries } = count
      this.#noteBehind(key, sender)
      const identity = this.identityOf(key)
      const { address } = readClientKey(key)
      this.table.noteAsking(address, identity.mac ?? this.table.ofAddress(address).mac)
      const nowMs = this.#clock.monotonicMs()
      this.#share.add(confidenceBand(identity.confidence), queries, nowMs)
      this.#networks.note(count, identity.confidence, this.#config, nowMs)
      this.#onAsking(address, identity)
    }
  }

  /** Queries so far, by how sure it was who asked. */
  queriesByBand(): readonly (readonly [ConfidenceBand, number])[] {
    return this.#share.totals()
  }

  /** Each network: who asks from it, and how sure that is. */
  networks(config: ReadyConfig, hidden: HiddenSchool | undefined): readonly NetworkFacts[] {
    return this.#networks.facts(config, hidden, this.#clock.monotonicMs())
  }

  /** Told of each address that asks, and who that is. */
  onAsking(listener: (address: string, identity: Identity) => void): void {
    this.#onAsking = listener
  }

  /** For whoever looks at the box: how much is known, and of how many queries of the last hour or two. */
  status(): IdentityStatus {
    const { devices, sessions } = this.table.readings()
    return { devices, people: sessions, queries: this.#share.recent(this.#clock.monotonicMs()) }
  }

  close(): void {
    clearInterval(this.#expiring)
    clearTimeout(this.#soon)
  }

  /** A forwarder that names address and MAC tells which device has the address. */
  #noteBehind(key: string, sender: string): void {
    const { address, mac } = readClientKey(key)
    if (mac === undefined || address === sender) return
    this.tell({ kind: 'address-seen', source: 'edns', mac, address, lastsMs: EDNS_LASTS_MS })
  }

  #note(keys: Iterable<string>): void {
    for (const key of keys) this.#changed.add(key)
    this.#tellIn(SOON_MS)
  }

  #noteUsers(users: readonly string[]): void {
    for (const user of users) this.#changedUsers.add(user)
    this.#tellIn(SOON_MS)
  }

  #tellIn(delayMs: number): void {
    if (this.#changed.size + this.#changedUsers.size === 0 || !this.#assign) return
    this.#soon ??= setTimeout(() => this.#assignChanged(), delayMs)
  }

  /** As much as may be done between two queries; the rest comes after them. */
  #assignChanged(): void {
    this.#soon = undefined
    if (this.#changedUsers.size > 0) {
      for (const key of this.table.keysOfUsers(this.#changedUsers)) this.#changed.add(key)
      this.#changedUsers.clear()
    }
    const keys = this.#changed.values().take(SLICE_KEYS).toArray()
    for (const key of keys) this.#changed.delete(key)
    const rows = keys.flatMap((key) => this.#rowsOf(key))
    if (rows.length > 0) this.#assign?.(rows)
    this.#tellIn(0)
  }

  /** What is to be told of an address or device, and of the addresses that it has. */
  #rowsOf(key: string): readonly AssignmentRow[] {
    const { table } = this
    if (this.#endpoints.has(key)) return this.#row(key, table.ofEndpoint(key))
    const mac = key.includes(':') ? parseMac(key) : undefined
    if (mac === undefined) return this.#row(key, table.ofAddress(key))
    return [
      ...this.#row(mac, table.ofDevice(mac)),
      ...table.addressesOf(mac).flatMap((address) => this.#row(address, table.ofAddress(address))),
    ]
  }

  /** None where the threads know it already. */
  #row(key: string, { group, mac }: Identity): readonly AssignmentRow[] {
    const before = this.#assigned.get(key)
    const now = group && { group: group.group, mac }
    if (before?.group === now?.group && before?.mac === now?.mac) return []
    if (now) this.#assigned.set(key, now)
    else this.#assigned.delete(key)
    return [[key, now]]
  }
}
