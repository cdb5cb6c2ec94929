import { hash } from 'node:crypto'
import { formatAddress } from '#domain/ip-address.ts'
import type { MacAddress } from '#domain/mac-address.ts'
import { ATTRIBUTE, areSound, attributeOf, numberOf } from './attribute-rules.ts'
import { readStation } from './calling-station.ts'
import type { RadiusPacket } from './radius-packet.ts'
import { sessionAddresses } from './session-addresses.ts'

const STATUS_WORDS: ReadonlyMap<number, AccountingStatus> = new Map([
  [1, 'start'],
  [2, 'stop'],
  [3, 'interim'],
  [7, 'restart'],
  [8, 'restart'],
])
const KEY_BYTES = 16

/** `restart` is Accounting-On and -Off: none of that server's sessions goes on. `other` is of tunnels and vendors. */
export type AccountingStatus = 'start' | 'stop' | 'interim' | 'restart' | 'other'

/** What an accounting packet is about, and when it was sent: enough to know whether it is worth more work. */
export interface AccountingHeading {
  readonly status: AccountingStatus
  /** The session, as its access server calls it; empty for `restart` and `other`. */
  readonly id: string
  /** When it happened: seconds since the epoch by the access server's clock. */
  readonly eventSeconds: number | undefined
  /** For so long the access server has been trying to tell it. */
  readonly delaySeconds: number
}

/** What an accounting packet says (RFC 2866 section 5). Text is hostile. */
export interface AccountingRecord extends Omit<AccountingHeading, 'id'> {
  /** The access server, as one key. */
  readonly nas: string
  /** The session, unique over all access servers; empty for `restart` and `other`. */
  readonly session: string
  readonly userName: string | undefined
  readonly mac: MacAddress | undefined
  readonly addresses: readonly string[]
  readonly intervalSeconds: number | undefined
}

/** Reads what an authentic packet is about. Undefined where an attribute is malformed or one that must be there is not. Never throws. */
export function readHeading({ attributes }: RadiusPacket): AccountingHeading | undefined {
  if (!areSound(attributes)) return undefined
  const statusNumber = numberOf(attributes, ATTRIBUTE.acctStatusType)
  if (statusNumber === undefined) return undefined
  const status = STATUS_WORDS.get(statusNumber) ?? 'other'
  const isOfSession = status !== 'restart' && status !== 'other'
  const id = attributeOf(attributes, ATTRIBUTE.acctSessionId)?.toString('latin1') ?? ''
  if (isOfSession && id === '') return undefined
  return {
    status,
    id: isOfSession ? id : '',
    eventSeconds: numberOf(attributes, ATTRIBUTE.eventTimestamp),
    delaySeconds: numberOf(attributes, ATTRIBUTE.acctDelayTime) ?? 0,
  }
}

/**
 * Reads all of a packet whose heading was right, of the client `client` (its network in text, so that no client speaks for another's
 * sessions). Never throws.
 */
export function readRecord(
  { attributes }: RadiusPacket,
  { id, ...heading }: AccountingHeading,
  { client, sender }: { readonly client: string; readonly sender: string },
): AccountingRecord {
  const text = (type: number): string | undefined =>
    attributeOf(attributes, type)?.toString('utf8') || undefined
  const nas = keyOf(client, nasOf(attributes, sender))
  return {
    ...heading,
    nas,
    session: id === '' ? '' : keyOf(nas, id),
    userName: text(ATTRIBUTE.userName),
    mac: readStation(text(ATTRIBUTE.callingStationId) ?? ''),
    addresses: sessionAddresses(attributes),
    intervalSeconds: numberOf(attributes, ATTRIBUTE.acctInterimInterval),
  }
}

/** One length whatever was sent, and no text of anybody's. */
function keyOf(...parts: readonly string[]): string {
  // Written from so many bytes, not cut from longer text, which would stay in memory as long as the key.
  return hash('sha256', JSON.stringify(parts), 'buffer').toString('base64url', 0, KEY_BYTES)
}

/** Both where both are there: some controllers give all their access points one identifier. */
function nasOf(attributes: RadiusPacket['attributes'], sender: string): string {
  const address =
    attributeOf(attributes, ATTRIBUTE.nasIpAddress) ??
    attributeOf(attributes, ATTRIBUTE.nasIpv6Address)
  const identifier = attributeOf(attributes, ATTRIBUTE.nasIdentifier)?.toString('latin1') ?? ''
  if (identifier === '' && !address) return sender
  return JSON.stringify([identifier, address ? formatAddress(address) : ''])
}
