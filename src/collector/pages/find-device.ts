import { plainText } from '#console/present/plain-text.ts'
import { fill } from '#console/words/fill.ts'
import { why } from '#console/words/why.ts'
import type { Enrolment } from '#domain/ingest.ts'
import { formatAddress, parseAddress } from '#domain/ip-address.ts'
import type { PageContext } from './page-context.ts'

/** More than one already says too little. */
const LOOKED_AT_MAX = 50
const TOLD_CHARS_MAX = 60

/** The newest address of a device that is meant by an address, or by its whole name; or why there is none, to be told beside where it was written. */
export async function findDevice(
  { store }: PageContext,
  box: Enrolment,
  given: string,
): Promise<{ readonly address: string } | { readonly problem: string }> {
  const bytes = parseAddress(given)
  if (bytes) return { address: formatAddress(bytes) }
  const text = given.toLowerCase()
  const page = { limit: LOOKED_AT_MAX, offset: 0 }
  const { devices } = await store.listDevices(box, { text }, page)
  const named = devices.filter(({ name, id }) => [name?.value.toLowerCase(), id].includes(text))
  const told = { client: plainText(given, TOLD_CHARS_MAX) }
  if (named.length > 1) return { problem: fill(why.problems.sharedName, told) }
  const [address] = named[0]?.addresses ?? []
  return address === undefined ? { problem: fill(why.problems.unknownClient, told) } : { address }
}
