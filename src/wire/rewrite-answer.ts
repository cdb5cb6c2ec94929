import { encode, type Answer as PacketAnswer } from 'dns-packet'
import { type AnswerAge, ttlLeft } from './answer-age.ts'
import { FLAG, HEADER_BYTES, RCODE, TYPE, UDP_BYTES_MAX } from './constants.ts'
import { skipName } from './name.ts'
import type { QueryView } from './query-view.ts'
import type { StoredAnswer } from './stored-answer.ts'

const ADDRESSES_MAX = 16

export interface RewriteParts {
  /** Presentation form, plain host name letters only. */
  readonly target: string
  /** The target's own answer; its addresses go out as the target's. */
  readonly addresses: StoredAnswer | undefined
  readonly ttlSecondsMax: number
  readonly age: AnswerAge
}

/**
 * A CNAME from the name asked to `target`, followed by the target's addresses. The CNAME stays in the answer: some
 * clients do not follow an address without it. The rcode is that of the end of the chain (RFC 6604 section 2.1).
 */
export function encodeRewrite(query: QueryView, parts: RewriteParts): Buffer {
  const { target, addresses, ttlSecondsMax, age } = parts
  const found = addresses ? readAddresses(addresses, query.type) : []
  const rcode = addresses?.rcode ?? RCODE.NOERROR
  return encodeAnswers(query, rcode, [
    { type: 'CNAME', name: askedName(query), ttl: ttlSecondsMax, data: target },
    ...found.map(({ address, ttl }): PacketAnswer => {
      const left = Math.min(ttlSecondsMax, ttlLeft(ttl, age))
      return {
        type: query.type === TYPE.AAAA ? 'AAAA' : 'A',
        name: target,
        ttl: left,
        data: address,
      }
    }),
  ])
}

/** The name asked, in the client's own spelling. Rewritten names are host names, so no label needs escaping. */
function askedName({ bytes, questionStart }: QueryView): string {
  const labels: string[] = []
  for (let at = questionStart; bytes[at] !== 0; at += bytes[at]! + 1)
    labels.push(Buffer.from(bytes.subarray(at + 1, at + 1 + bytes[at]!)).toString('latin1'))
  return labels.join('.')
}

function encodeAnswers(query: QueryView, rcode: number, answers: PacketAnswer[]): Buffer {
  const ours = {
    type: 'OPT' as const,
    name: '.' as const,
    udpPayloadSize: UDP_BYTES_MAX,
    extendedRcode: 0,
    ednsVersion: 0,
    flags: query.isDnssecOk ? 0x8000 : 0,
    flag_do: query.isDnssecOk,
    options: [],
  }
  const message = encode({
    type: 'response',
    id: query.id,
    flags: FLAG.RA | (query.flags & (FLAG.RD | FLAG.CD)) | rcode,
    questions: [{ type: 'A', name: askedName(query) }],
    answers,
    additionals: query.hasEdns ? [ours] : [],
  })
  message.set(query.bytes.subarray(query.questionStart, query.questionEnd), HEADER_BYTES)
  return message
}

interface FoundAddress {
  readonly address: string
  readonly ttl: number
}

/** Addresses of a type in the answer section of a stored answer, whose records were found sound when it was read. */
function readAddresses(stored: StoredAnswer, type: number): FoundAddress[] {
  const { wire } = stored
  const found: FoundAddress[] = []
  let at = skipName(wire, HEADER_BYTES, wire.length) + 4
  for (let i = wire.readUInt16BE(6); i > 0 && found.length < ADDRESSES_MAX; i--) {
    at = skipName(wire, at, wire.length)
    const data = wire.subarray(at + 10, at + 10 + wire.readUInt16BE(at + 8))
    if (wire.readUInt16BE(at) === type)
      found.push({ address: textOf(data), ttl: wire.readUInt32BE(at + 4) })
    at += 10 + data.length
  }
  return found
}

function textOf(data: Buffer): string {
  if (data.length === 4) return data.join('.')
  return (data.toString('hex').match(/.{4}/g) ?? []).join(':')
}
