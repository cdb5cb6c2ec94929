import type { IdentitySource, Known } from '#domain/identity.ts'
import type { MacAddress } from '#domain/mac-address.ts'
import { SESSION_CONFIDENCE, SHARED_DEVICE_MAX } from './confidence-rules.ts'
import { type Expiring, ExpiringMap } from './expiring-map.ts'
import { known } from './identity.ts'
import type { Moment } from './moment.ts'
import { Several } from './several.ts'
import type { LoggedOn } from './sighting.ts'

interface Session extends Expiring {
  readonly source: IdentitySource
  readonly user: string
  readonly mac: MacAddress | undefined
  readonly addresses: readonly string[]
  /** Of a session that names an address alone: the device that was there when it was told, or else the first that came. */
  heldBy: MacAddress | undefined
  readonly sinceSeconds: number
  /** In what order people logged on: the last one counts. */
  readonly order: number
  /** In what order addresses were told: the last word about an address counts. */
  readonly placed: number
}

/** Of a place that asks: its address, and the device that has it where that is known. */
export interface Place {
  readonly address: string | undefined
  readonly mac: MacAddress | undefined
}

/** Of a session: at what device it is, since when. */
export interface SessionDevice {
  readonly mac: MacAddress
  readonly source: IdentitySource
  readonly sinceSeconds: number
}

/** Who is logged on where. The last logon at a place counts; a session ends by its source's word or by its time. */
export class SessionBook {
  readonly #sessions: ExpiringMap<string, Session>
  readonly #byMac = new Several<MacAddress, Session>()
  readonly #byAddress = new Several<string, Session>()
  #order = 0

  constructor(max: number) {
    this.#sessions = new ExpiringMap(max)
  }

  get size(): number {
    return this.#sessions.size
  }

  get crowdedOut(): number {
    return this.#sessions.crowdedOut
  }

  /** `holder`: the device that has its address, where that is known. Answers the places whose user may have changed. */
  logOn(
    told: LoggedOn,
    holder: MacAddress | undefined,
    { nowMs, wallSeconds }: Moment,
  ): readonly Place[] {
    const before = this.#sessions.delete(told.session)
    if (before) this.#unlist(before)
    const isSame = before?.user === told.user
    const session: Session = {
      source: told.source,
      user: told.user,
      mac: told.mac ?? before?.mac,
      // An update may leave out what the start has told.
      addresses: told.addresses.length > 0 ? told.addresses : (before?.addresses ?? []),
      heldBy: holder ?? before?.heldBy,
      sinceSeconds: isSame ? before.sinceSeconds : wallSeconds,
      order: isSame ? before.order : ++this.#order,
      placed: told.addresses.length > 0 ? ++this.#order : (before?.placed ?? 0),
      expiresMs: nowMs + told.lastsMs,
    }
    const [, crowded] = this.#sessions.set(told.session, session) ?? []
    if (crowded) this.#unlist(crowded)
    this.#list(session)
    return [...placesOf(session), ...placesOf(before), ...placesOf(crowded)]
  }

  /** A device is at an address: sessions that name the address alone are its own from now on, and go to no other. */
  hold(address: string, mac: MacAddress): void {
    for (const session of this.#byAddress.of(address)) session.heldBy ??= mac
  }

  logOff(id: string): readonly Place[] {
    const session = this.#sessions.delete(id)
    if (session) this.#unlist(session)
    return placesOf(session)
  }

  expire(nowMs: number): readonly Place[] {
    const places: Place[] = []
    this.#sessions.expire(nowMs, (session) => {
      this.#unlist(session)
      places.push(...placesOf(session))
    })
    return places
  }

  forget(source: IdentitySource, nowMs: number): readonly Place[] {
    const gone = [...this.#sessions.entries(nowMs)].filter(([, one]) => one.source === source)
    for (const [key, session] of gone) {
      this.#sessions.delete(key)
      this.#unlist(session)
    }
    return gone.flatMap(([, session]) => placesOf(session))
  }

  /**
   * Who asks from a place. A session does not count that names another device than the one that is there, nor one that names
   * an address alone at which there was another device.
   */
  userAt(place: Place, nowMs: number): Known | undefined {
    const { address, mac } = place
    const ofAddress = address === undefined ? [] : this.#byAddress.of(address)
    const ofMac = mac === undefined ? [] : this.#byMac.of(mac)
    const here = [...new Set([...ofAddress, ...ofMac])].filter((one) => isHere(one, place, nowMs))
    const [last, ...others] = here.toSorted((a, b) => b.order - a.order)
    if (!last) return undefined
    const sure = joinConfidence(last, place)
    const isShared = others.some(({ user }) => user !== last.user)
    return known(
      last.user,
      last.source,
      isShared ? Math.min(sure, SHARED_DEVICE_MAX) : sure,
      last.sinceSeconds,
    )
  }

  /** The device that a session names for an address, which no source may have seen yet. */
  deviceAt(address: string, nowMs: number): SessionDevice | undefined {
    const [last] = this.#byAddress
      .of(address)
      .filter(({ expiresMs }) => expiresMs > nowMs)
      .toSorted((a, b) => b.placed - a.placed)
    if (last?.mac === undefined) return undefined
    const { mac, source, sinceSeconds } = last
    return { mac, source, sinceSeconds }
  }

  /** Where some people are logged on; names in lower case. */
  placesOf(users: ReadonlySet<string>, nowMs: number): readonly Place[] {
    return [...this.#sessions.values(nowMs)]
      .filter((session) => users.has(session.user.toLowerCase()))
      .flatMap(placesOf)
  }

  /** Where anybody is logged on. */
  allPlaces(nowMs: number): readonly Place[] {
    return [...this.#sessions.values(nowMs)].flatMap(placesOf)
  }

  #list(session: Session): void {
    if (session.mac !== undefined) this.#byMac.add(session.mac, session)
    for (const address of session.addresses) this.#byAddress.add(address, session)
  }

  #unlist(session: Session): void {
    if (session.mac !== undefined) this.#byMac.delete(session.mac, session)
    for (const address of session.addresses) this.#byAddress.delete(address, session)
  }
}

function isHere({ expiresMs, ...session }: Session, { mac }: Place, nowMs: number): boolean {
  const own = session.mac ?? session.heldBy
  return expiresMs > nowMs && (own === undefined || mac === undefined || own === mac)
}

function joinConfidence(session: Session, { address, mac }: Place): number {
  if (mac === undefined || session.mac !== mac) return SESSION_CONFIDENCE.address
  const agrees = address !== undefined && session.addresses.includes(address)
  return agrees ? SESSION_CONFIDENCE.deviceAndAddress : SESSION_CONFIDENCE.device
}

function placesOf(session: Session | undefined): readonly Place[] {
  if (!session) return []
  const { mac, addresses } = session
  return [
    ...(mac === undefined ? [] : [{ mac, address: undefined }]),
    ...addresses.map((address) => ({ address, mac: undefined })),
  ]
}
