import { type AddressPrefix, isWholePrefix } from './address-prefix.ts'

/** What a rule on a network looks at: addresses that an answer leads to, or the address of whoever asks. */
export const ADDRESS_TRIGGERS = ['ip', 'client-ip'] as const
export type AddressTrigger = (typeof ADDRESS_TRIGGERS)[number]

/** A rule of a list on a network, by the number of its entry. */
export interface AddressRule extends AddressPrefix {
  readonly trigger: AddressTrigger
  readonly entry: number
}

/** A rule as it stands in a manifest: trigger, network in hexadecimal, length, entry. */
type AddressRow = readonly [AddressTrigger, string, number, number]

/** Writes a rule down. */
export function addressRow({ trigger, bytes, prefixLength, entry }: AddressRule): AddressRow {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return [trigger, hex, prefixLength, entry]
}

/** Reads what `addressRow` wrote; undefined for anything else. */
export function readAddressRow(value: unknown, entries: number): AddressRule | undefined {
  if (!Array.isArray(value) || value.length !== 4) return undefined
  const [word, hex, prefixLength, entry]: readonly unknown[] = value
  const trigger = ADDRESS_TRIGGERS.find((one) => one === word)
  if (!trigger || typeof hex !== 'string' || !/^(?:[0-9a-f]{8}){1,4}$/.test(hex)) return undefined
  if (typeof prefixLength !== 'number' || !Number.isInteger(prefixLength)) return undefined
  if (typeof entry !== 'number' || !Number.isInteger(entry)) return undefined
  const bytes = Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number(`0x${pair}`))
  if (bytes.length !== 4 && bytes.length !== 16) return undefined
  const rule = { trigger, bytes, prefixLength, entry }
  return isWholePrefix(rule) && entry >= 0 && entry < entries ? rule : undefined
}
