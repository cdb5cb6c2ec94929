import { readPrefix } from '../address-prefix.ts'
import { CuratedSetError } from './curated-set.ts'
import file from './doh-addresses.json' with { type: 'json' }

/** An address at which a public resolver answers over HTTPS. Others share theirs with whole delivery networks, and can only be known by name. */
export interface DohAddress {
  readonly address: string
  /** The name of its service, from the set of those. */
  readonly name: string
}

/** Not rules: a list that a firewall can refuse. */
export const DOH_ADDRESSES: readonly DohAddress[] = file.addresses.map((one) => {
  if (readPrefix(one.address)) return one
  throw new CuratedSetError(`doh-addresses: ${one.address} is no address`)
})
/** When it was put together. */
export const DOH_ADDRESSES_DATE: string = file.updatedAt
