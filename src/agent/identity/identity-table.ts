import type { IdentitySource } from '#domain/identity.ts'
import { isRandomMac, type MacAddress } from '#domain/mac-address.ts'
import type { Clock } from '#platform/clock.ts'
import type { ReadyIdentity } from '../policy/ready-identity.ts'
import { AddressBook, type BoundDevice, boundBy, type SeenDevice } from './address-book.ts'
import { chooseGroup } from './choose-group.ts'
import { cleanText } from './clean-text.ts'
import { DEVICE_CONFIDENCE } from './confidence-rules.ts'
import { DeviceBook } from './device-book.ts'
import { deviceKnown, factKnown, type Identity, ifDisputed, NOT_KNOWN } from './identity.ts'
import { IDENTITY_LIMITS } from './identity-limits.ts'
import { KnownDevices } from './known-devices.ts'
import { type Moment, momentOf } from './moment.ts'
import { NameBook } from './name-book.ts'
import { type Place, SessionBook } from './session-book.ts'
import type { DeviceKey, LoggedOn, NameSeen, Sighting } from './sighting.ts'
import { UserGroups } from './user-groups.ts'

/** How much is known, and how much has been told by each source. */
export interface IdentityReadings {
  readonly devices: number
  readonly addresses: number
  readonly sessions: number
  readonly owners: number
  /** Forgotten before its time, or not taken in, for want of room. */
  readonly crowdedOut: number
  readonly told: ReadonlyMap<IdentitySource, number>
}

/** What more or less is known of than before. */
export interface IdentityListener {
  /** Addresses, devices and endpoints. */
  readonly onKeys: (changed: readonly string[]) => void
  /** People, in lower case: see `keysOfUsers`. */
  readonly onUsers: (changed: readonly string[]) => void
}

/**
 * Address -> device -> user -> group, each with its source and how sure it is. Takes what the sources tell and joins it when asked, so
 * that no conclusion outlives what it was drawn from. Everything in it expires.
 */
export class IdentityTable {
  readonly #clock: Clock
  readonly #listener: IdentityListener
  #config: ReadyIdentity
  readonly #addresses = new AddressBook(IDENTITY_LIMITS.addresses)
  readonly #sessions = new SessionBook(IDENTITY_LIMITS.sessions)
  readonly #names = new NameBook(IDENTITY_LIMITS.devices)
  readonly #written = new KnownDevices(IDENTITY_LIMITS.owners)
  readonly #users = new UserGroups(IDENTITY_LIMITS.users)
  readonly #devices = new DeviceBook(IDENTITY_LIMITS.devices)
  readonly #told = new Map<IdentitySource, number>()

  constructor(config: ReadyIdentity, clock: Clock, listener: IdentityListener) {
    this.#clock = clock
    this.#listener = listener
    this.#config = config
    this.#written.use(config, momentOf(clock).wallSeconds)
  }

  /** Everything is joined anew by another configuration. */
  use(config: ReadyIdentity): void {
    this.#config = config
    const { nowMs, wallSeconds } = this.#now
    this.#tellKeys([
      ...this.#written.use(config, wallSeconds),
      ...this.#sessions.allPlaces(nowMs).flatMap(keysOf),
    ])
  }

  /** Takes note of what a source tells. */
  readonly tell = (sighting: Sighting): void => {
    const { source } = sighting
    this.#told.set(source, (this.#told.get(source) ?? 0) + 1)
    this.#tellKeys(this.#take(sighting))
  }

  /** Somebody asks from an address: the device is there, or the address where none is known. */
  noteAsking(address: string, mac: MacAddress | undefined): void {
    const { wallSeconds } = this.#now
    if (mac === undefined) return this.#devices.seeAddress(address, wallSeconds)
    this.#devices.see(mac, wallSeconds)
    this.#devices.dropAddress(address)
  }

  /** Forgets what is over. To be called every half a second or so. */
  readonly followClock = (): void => {
    const { nowMs, wallSeconds } = this.#now
    const keys = [...this.#addresses.expire(nowMs)]
    this.#names.expire(nowMs)
    this.#devices.expire(wallSeconds)
    for (const place of this.#sessions.expire(nowMs)) keys.push(...keysOf(place))
    this.#tellKeys(keys)
    this.#tellUsers(this.#users.expire(nowMs))
  }

  /** Where some people are logged on or usually are; names in lower case. Looks through everything, whatever they are. */
  keysOfUsers(users: ReadonlySet<string>): readonly string[] {
    return [
      ...this.#sessions.placesOf(users, this.#now.nowMs).flatMap(keysOf),
      ...this.#written.keysOfUsers(users),
    ]
  }

  /** Who is behind an address, in canonical text. */
  ofAddress(address: string): Identity {
    const { nowMs } = this.#now
    const bound = this.#addresses.deviceOf(address, nowMs) ?? this.#deviceOnPaper(address, nowMs)
    return this.#join({ address, mac: bound?.mac }, bound)
  }

  /** Who is behind a device that a forwarder asks for. */
  ofDevice(mac: MacAddress): Identity {
    const since = this.#devices.recordOf(mac)?.firstSeconds ?? this.#now.wallSeconds
    return this.#join({ address: undefined, mac }, boundBy('edns', mac, since))
  }

  /** Who asks by an endpoint that only one device was given. */
  ofEndpoint(endpoint: string): Identity {
    const device = this.#written.byEndpoint(endpoint)
    if (!device) return NOT_KNOWN
    const { mac } = device
    const since = this.#written.configuredSeconds
    const said = (value: string | undefined) =>
      value === undefined ? undefined : factKnown(value, 'endpoint', since)
    const user = said(device.user)
    return {
      mac,
      isRandomMac: mac !== undefined && isRandomMac(mac),
      device: mac && deviceKnown(boundBy('endpoint', mac, since)),
      name: said(device.name),
      user,
      group: this.#choose(user, said(device.group)),
      confidence: DEVICE_CONFIDENCE.endpoint,
      isDisputed: false,
    }
  }

  /** Whether the address was seen in use of late, by something else than its questions. */
  isSeen(address: string): boolean {
    return this.#addresses.isLive(address, this.#now.nowMs)
  }

  addressesOf(mac: MacAddress): readonly string[] {
    return this.#addresses.addressesOf(mac, this.#now.nowMs)
  }

  /** Devices, and addresses of none that is known. */
  get devices(): DeviceBook {
    return this.#devices
  }

  readings(): IdentityReadings {
    const books = [this.#addresses, this.#sessions, this.#names, this.#users, this.#devices]
    return {
      devices: this.#devices.size,
      addresses: this.#addresses.size,
      sessions: this.#sessions.size,
      owners: this.#written.owners,
      crowdedOut: books.reduce((sum, { crowdedOut }) => sum + crowdedOut, this.#written.refused),
      told: this.#told,
    }
  }

  #take(sighting: Sighting): readonly string[] {
    const moment = this.#now
    const { nowMs, wallSeconds } = moment
    switch (sighting.kind) {
      case 'address-seen':
        return [sighting.address, ...this.#see(sighting.address, sighting, moment)]
      case 'address-gone':
        this.#addresses.release(sighting.address, sighting.mac, sighting.source, nowMs)
        return [sighting.address]
      case 'name-seen':
        this.#nameSeen(sighting, moment)
        return []
      case 'dhcp-seen':
        this.#devices.seeDhcp(sighting.mac, sighting.said, wallSeconds)
        return []
      case 'logged-on':
        return this.#logOn(sighting)
      case 'logged-off':
        return this.#sessions.logOff(sighting.session).flatMap(keysOf)
      case 'owner-known':
        return this.#written.own(
          { ...sighting, mac: this.#devices.canonical(sighting.mac) },
          wallSeconds,
        )
      case 'owner-gone':
        return this.#written.disown(sighting.mac)
      case 'user-known':
        this.#tellUsers(this.#users.know(sighting, nowMs))
        return []
      case 'forgotten':
        return this.#forget(sighting.source, nowMs)
      default:
        return sighting satisfies never
    }
  }

  #logOn(told: LoggedOn): readonly string[] {
    const moment = this.#now
    const addresses = told.addresses
      .slice(0, IDENTITY_LIMITS.addressesOfSession)
      .map((address) => this.#addresses.canonical(address))
    const mac = told.mac && this.#devices.see(told.mac, moment.wallSeconds)
    const user = cleanText(told.user)
    const [holder] = addresses.flatMap((address) => this.#holderOf(address, moment.nowMs) ?? [])
    return this.#sessions.logOn({ ...told, mac, user, addresses }, holder, moment).flatMap(keysOf)
  }

  /** Answers the addresses that made room. */
  #see(address: string, { mac, source, lastsMs }: SeenDevice, moment: Moment): readonly string[] {
    const kept = this.#devices.see(mac, moment.wallSeconds)
    const crowded = this.#addresses.see(address, { mac: kept, source, lastsMs }, moment)
    this.#devices.dropAddress(address)
    this.#sessions.hold(address, this.#holderOf(address, moment.nowMs) ?? kept)
    return crowded === undefined ? [] : [crowded]
  }

  #nameSeen(seen: NameSeen, moment: Moment): void {
    const of: DeviceKey =
      seen.of.kind === 'mac' ? { ...seen.of, mac: this.#devices.canonical(seen.of.mac) } : seen.of
    const holder = of.kind === 'address' ? this.#holderOf(of.address, moment.nowMs) : undefined
    this.#names.see({ ...seen, of, name: cleanText(seen.name) }, holder, moment)
  }

  /** The device that a source has seen at an address. */
  #holderOf(address: string, nowMs: number): MacAddress | undefined {
    return this.#addresses.deviceOf(address, nowMs)?.mac
  }

  get #now(): Moment {
    return momentOf(this.#clock)
  }

  #forget(source: IdentitySource, nowMs: number): readonly string[] {
    this.#names.forget(source, nowMs)
    return [
      ...this.#addresses.forget(source, nowMs),
      ...this.#sessions.forget(source, nowMs).flatMap(keysOf),
      ...this.#written.forget(source),
    ]
  }

  #join(place: Place, bound: BoundDevice | undefined): Identity {
    const { mac } = place
    const nowMs = this.#now.nowMs
    const device = bound && deviceKnown(bound)
    const written = this.#written.factsOf(place)
    const isDisputed = bound?.isDisputed ?? false
    const user = ifDisputed(this.#sessions.userAt(place, nowMs) ?? written.user, isDisputed)
    const name = ifDisputed(written.name ?? this.#names.nameOf(place, nowMs), isDisputed)
    const own = ifDisputed(written.group, isDisputed)
    if (!device && !user && !name && !own) return NOT_KNOWN
    const dhcp = mac && this.#devices.recordOf(mac)?.dhcp
    return {
      mac,
      isRandomMac: mac !== undefined && isRandomMac(mac),
      device,
      name,
      user,
      group: this.#choose(user, own),
      confidence: (user ?? device ?? own ?? name)?.confidence ?? 0,
      isDisputed,
      ...(dhcp && { dhcp }),
    }
  }

  #choose(user: Identity['user'], device: Identity['user']): Identity['group'] {
    const memberOf = user ? this.#users.of(user.value, this.#now.nowMs) : []
    return chooseGroup({ user, memberOf, device }, this.#config)
  }

  /** The device that a session or the configuration puts at an address, where no source has seen one. */
  #deviceOnPaper(address: string, nowMs: number): BoundDevice | undefined {
    const session = this.#sessions.deviceAt(address, nowMs)
    if (session) return boundBy(session.source, session.mac, session.sinceSeconds)
    const mac = this.#written.macAt(address)
    return mac && boundBy('configured', mac, this.#written.configuredSeconds)
  }

  #tellKeys(keys: readonly string[]): void {
    if (keys.length > 0) this.#listener.onKeys(keys)
  }

  #tellUsers(users: readonly string[]): void {
    if (users.length > 0) this.#listener.onUsers(users)
  }
}

function keysOf({ address, mac }: Place): readonly string[] {
  return [address, mac].filter((key) => key !== undefined)
}
