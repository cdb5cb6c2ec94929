import { networkInterfaces } from 'node:os'
import type { CaptureSettings } from '#domain/capture-settings.ts'
import { isLocalAddress } from '#domain/ip-address.ts'
import { type AddressSet, addressSet, networkSet } from './address-set.ts'

/** What this machine has at a moment. */
export interface OwnAddresses {
  readonly addresses: readonly string[]
  /** `address/length` of its interfaces, without loopback. */
  readonly networks: readonly string[]
  readonly macs: readonly string[]
}

/** Reads the machine's interfaces. */
export function readOwnAddresses(): OwnAddresses {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
  const outside = all.filter(({ internal }) => !internal)
  return {
    addresses: all.map(({ address }) => address),
    networks: outside.flatMap(({ cidr }) => (cidr === null ? [] : [cidr])),
    macs: outside.map(({ mac }) => mac),
  }
}

/** Who is who, for judging a packet; remade when the machine's addresses change. */
export interface Surroundings {
  /** This machine, and the resolvers that may ask others. */
  readonly isResolver: AddressSet
  /** Resolvers that may be asked, and no more. */
  readonly isServer: AddressSet
  readonly isOwn: AddressSet
  /** Whether a device of the site can have it. */
  readonly isSite: (bytes: Uint8Array, at: number, length: number) => boolean
  /** Whether it is on the wire itself, so that the sender's MAC is its own. */
  readonly isNear: AddressSet
  /** Undefined where the configuration names none of that family. */
  readonly isDhcpServer: Readonly<Record<4 | 6, ((address: string) => boolean) | undefined>>
  readonly isRouter: ((addressOrMac: string) => boolean) | undefined
  readonly isDohAddress: AddressSet
  readonly isTorAddress: AddressSet
  /** By what it is known, where the name or one above it is. */
  readonly serverOf: (name: string) => 'doh' | 'vpn' | undefined
}

export function makeSurroundings(settings: CaptureSettings, own: OwnAddresses): Surroundings {
  const listed = networkSet([...settings.networks, ...own.networks])
  // A relay's answers come from the router that it runs on.
  const mayAnswer = textSet([...settings.dhcpServers, ...settings.routers, ...own.addresses])
  const isNamed = (isOfFamily: (address: string) => boolean): typeof mayAnswer | undefined =>
    settings.dhcpServers.some(isOfFamily) ? mayAnswer : undefined
  const doh = new Set(settings.dohNames)
  const vpn = new Set(settings.vpnNames)
  return {
    isResolver: addressSet([...own.addresses, ...settings.resolvers]),
    isServer: networkSet(settings.servers),
    isOwn: addressSet(own.addresses),
    isSite: (bytes, at, length) =>
      listed.has(bytes, at, length) || isLocalAddress(bytes.subarray(at, at + length)),
    isNear: networkSet([...own.networks, 'fe80::/10']),
    isDhcpServer: {
      4: isNamed((address) => !address.includes(':')),
      6: isNamed((address) => address.includes(':')),
    },
    isRouter:
      settings.routers.length === 0
        ? undefined
        : textSet([...settings.routers, ...own.addresses, ...own.macs]),
    isDohAddress: addressSet(settings.dohAddresses),
    isTorAddress: addressSet(settings.torAddresses),
    serverOf: (name) => {
      for (let from = 0; from >= 0; ) {
        const tail = name.slice(from)
        if (doh.has(tail)) return 'doh'
        if (vpn.has(tail)) return 'vpn'
        const dot = name.indexOf('.', from)
        from = dot < 0 ? -1 : dot + 1
      }
      return undefined
    },
  }
}

function textSet(texts: readonly string[]): (text: string) => boolean {
  const set = new Set(texts)
  return (text) => set.has(text)
}
