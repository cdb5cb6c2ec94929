/** Asks the same of several servers and says in what their answers differ; read by dns-packet, not by our codec. */

import { type Answer, decode } from 'dns-packet'
import { optRecord, rawQuery } from '#test/fuzz/raw-query.ts'
import { askRaw } from '#test/support/dns-client.ts'
import { wireName } from '#test/support/wire-name.ts'
import type { Question } from './zones.ts'

const TIMEOUT_MS = 10_000
const WITHOUT_EDNS_ONE_IN = 3
const FLAG_AA = 0x0400
const FLAG_TC = 0x0200
const FLAG_RA = 0x0080

/** What clients go by. TTLs are left out: a cache counts them down. */
export interface Seen {
  readonly rcode: number
  readonly flags: string
  /** Records as sorted text. */
  readonly answer: readonly string[]
  /** Zones whose SOA stands in the authority section (RFC 2308 section 3). */
  readonly soa: readonly string[]
}

export type Part = keyof Seen

/** The same question over UDP, and again over TCP where that is what the answer asks for. */
export async function ask(question: Question, port: number): Promise<readonly Seen[]> {
  const number = Math.abs(hash(question.name))
  const opt = number % WITHOUT_EDNS_ONE_IN === 0 ? undefined : optRecord()
  const query = Buffer.from(rawQuery(wireName(question.name), question.type, opt).bytes)
  query.writeUInt16BE(number % 65_536, 0)
  const overUdp = await askRaw(query, { port, timeoutMs: TIMEOUT_MS })
  if (!overUdp) return []
  if ((overUdp.readUInt16BE(2) & FLAG_TC) === 0) return [seenIn(overUdp)]
  const overTcp = await askRaw(query, { port, timeoutMs: TIMEOUT_MS, transport: 'tcp' })
  // What a truncated answer holds is nobody's business (RFC 2181 section 9).
  const truncated = { ...seenIn(overUdp), answer: [], soa: [] }
  return overTcp ? [truncated, seenIn(overTcp)] : [truncated]
}

/** The parts in which two servers' answers differ; `number of answers` stands for a silent or a shy one. */
export function differences(
  a: readonly Seen[],
  b: readonly Seen[],
): readonly (Part | 'number of answers')[] {
  if (a.length !== b.length) return ['number of answers']
  const parts: readonly Part[] = ['rcode', 'flags', 'answer', 'soa']
  return parts.filter((part) =>
    a.some((one, i) => JSON.stringify(one[part]) !== JSON.stringify(b[i]?.[part])),
  )
}

function seenIn(message: Buffer): Seen {
  const { answers = [], authorities = [] } = decode(message)
  const bits = message.readUInt16BE(2)
  const flags = [
    [FLAG_AA, 'AA'],
    [FLAG_TC, 'TC'],
    [FLAG_RA, 'RA'],
  ] as const
  return {
    rcode: bits & 0xf,
    flags: flags.flatMap(([bit, name]) => (bits & bit ? [name] : [])).join(' '),
    answer: answers.map(recordText).toSorted(),
    soa: authorities
      .filter(({ type }) => type === 'SOA')
      .map(({ name }) => name.toLowerCase())
      .toSorted(),
  }
}

function recordText(record: Answer): string {
  const data: unknown = 'data' in record ? record.data : undefined
  return `${record.name.toLowerCase()} ${record.type} ${JSON.stringify(data)}`
}

function hash(text: string): number {
  let found = 0
  for (let i = 0; i < text.length; i++) found = (Math.imul(found, 31) + text.charCodeAt(i)) | 0
  return found
}
