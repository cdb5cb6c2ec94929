import { isLinkLocal, isLocalAddress, parseAddress } from '#domain/ip-address.ts'
import { TYPE } from '#wire/constants.ts'
import { reverseName } from '#wire/reverse-name.ts'
import type { ReadyConfig } from '../../../policy/ready-config.ts'
import { localUseOf } from '../../../special-use.ts'
import { NO_ZONE, ZoneTable } from '../../../zone-table.ts'

export type NamingConfig = Pick<ReadyConfig, 'zones' | 'upstreams' | 'recursor'>

/** Who may be asked of devices of the school. */
export interface MayAsk {
  /** Whether the name may be asked that stands for an address; of a public one only the servers of a zone. */
  readonly backward: (address: Uint8Array) => boolean
  /** Whether the name that an address leads to may. */
  readonly forward: (name: Uint8Array) => boolean
}

/**
 * The servers of the configured zones, and the upstreams where all of them are on the site's own networks: no other is to hear of private
 * addresses (RFC 6303 section 3), nor of the names of a school's devices. Unbound beside the agent asks the internet's servers, so only
 * zones count then.
 */
export function makeMayAsk({ zones, upstreams, recursor }: NamingConfig): MayAsk {
  const table = new ZoneTable(zones.map(({ zone }) => zone))
  const isNear =
    recursor === undefined &&
    upstreams.length > 0 &&
    upstreams.every(({ address }) => isLocal(address))
  const isInZone = (name: Uint8Array): boolean => table.find(name) !== NO_ZONE
  return {
    backward: (address) => (isNear && isOfSite(address)) || isInZone(reverseName(address)),
    forward: (name) =>
      (isNear || isInZone(name)) &&
      localUseOf(Buffer.from(name), name.length, TYPE.A, { zones: table }) === 'none',
  }
}

/** No server knows addresses of a single link. */
function isOfSite(address: Uint8Array): boolean {
  return isLocalAddress(address) && !isLinkLocal(address)
}

function isLocal(text: string): boolean {
  const bytes = parseAddress(text)
  return bytes !== undefined && isLocalAddress(bytes)
}
