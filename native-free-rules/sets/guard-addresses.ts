import { type AddressPrefix, readPrefix } from '../address-prefix.ts'
import type { CategoryId } from '../category-ids.ts'
import { CuratedSetError } from './curated-set.ts'
import file from './guard-addresses.json' with { type: 'json' }
import { readMayBeIn } from './guard-names.ts'

/** An address that a school must reach, so that a list which blocks it is broken. */
export interface GuardAddress {
  readonly address: string
  readonly bytes: Uint8Array
  /** Categories of which it is a part, so that lists of these may hold it. */
  readonly mayBeIn: readonly CategoryId[]
}

/** A delivery network: single addresses of it may be blocked, much of it may not. */
export interface GuardNetwork {
  readonly name: string
  readonly networks: readonly AddressPrefix[]
}

/** Addresses to try a new list with: public resolvers. Not rules, as guard names are none. */
export const GUARD_ADDRESSES: readonly GuardAddress[] = file.addresses.map(
  ({ address, mayBeIn }) => ({
    address,
    bytes: prefixOf(address).bytes,
    mayBeIn: readMayBeIn(address, mayBeIn),
  }),
)

/** Delivery networks whose addresses are published as theirs alone. */
export const GUARD_NETWORKS: readonly GuardNetwork[] = file.networks.map(({ name, networks }) => ({
  name,
  networks: networks.map(prefixOf),
}))

function prefixOf(text: string): AddressPrefix {
  const prefix = readPrefix(text)
  if (prefix) return prefix
  throw new CuratedSetError(`guard-addresses: ${text} is no address or network`)
}
