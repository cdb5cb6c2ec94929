/** Resolvers that ask for many devices, and are believed about which. From anybody else these options mean nothing. */
import { type Cidr, formatAddress } from '#domain/ip-address.ts'
import { macFromBytes } from '#domain/mac-address.ts'
import type { QueryView } from '#wire/query-view.ts'
import type { ForwarderOption } from '../policy/sections/identity.ts'

export interface Forwarder {
  readonly from: Cidr
  readonly trust: readonly ForwarderOption[]
}

/** Whom a forwarder asks for, as far as it says. */
export interface DeviceBehind {
  readonly address: string | undefined
  /** Its MAC. */
  readonly device: string | undefined
}

/** Address families of EDNS Client Subnet (RFC 7871 section 6). */
const FAMILY_BYTES: Readonly<Record<number, number>> = { 1: 4, 2: 16 }
/** Family, source and scope prefix length. */
const SUBNET_HEAD_BYTES = 4
const NOBODY: DeviceBehind = { address: undefined, device: undefined }

/** Reads the options that a forwarder is trusted with. A subnet that is not one whole address names nobody. */
export function readDeviceBehind(view: QueryView, forwarder: Forwarder | undefined): DeviceBehind {
  if (!forwarder) return NOBODY
  const { trust } = forwarder
  return {
    address: trust.includes('client-subnet') ? readSubnet(view) : undefined,
    device: trust.includes('mac') ? readMac(view) : undefined,
  }
}

function readSubnet({ bytes, subnetStart, subnetBytes }: QueryView): string | undefined {
  if (subnetBytes < SUBNET_HEAD_BYTES) return undefined
  const family = ((bytes[subnetStart] ?? 0) << 8) | (bytes[subnetStart + 1] ?? 0)
  const length = FAMILY_BYTES[family]
  if (length === undefined || subnetBytes !== SUBNET_HEAD_BYTES + length) return undefined
  if (bytes[subnetStart + 2] !== length * 8) return undefined
  const start = subnetStart + SUBNET_HEAD_BYTES
  return formatAddress(bytes.slice(start, start + length))
}

function readMac({ bytes, macStart }: QueryView): string | undefined {
  return macStart === 0 ? undefined : macFromBytes(bytes.subarray(macStart, macStart + 6))
}
