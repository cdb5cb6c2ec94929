/**
 * What of an upstream's answer is kept: the records asked for, the aliases that lead to them, their signatures, and what proves a "no". All else
 * is dropped, for nobody asked for it, and a client with a cache of its own might believe it (MaginotDNS; RFC 5452 section 6).
 */
import { type Failure, failure, isFailure } from '#domain/failure.ts'
import { type RecordPlace, recordsOf } from './answer-records.ts'
import { composeAnswer, type TakenRecord } from './compose-answer.ts'
import { HEADER_BYTES, NAME_BYTES_MAX, TYPE } from './constants.ts'
import { lengthOf, readName } from './name.ts'
import { isPlainAnswer } from './plain-answer.ts'
import { type ReadTraits, readAnswer, type StoredAnswer } from './stored-answer.ts'

/** Aliases in a row; the reader of answers takes no more. */
const CHAIN_MAX = 17
const NSEC = 47
const NSEC3 = 50
/** Types whose records say that something is not there. */
const PROOFS: ReadonlySet<number> = new Set([TYPE.SOA, NSEC, NSEC3])

/** Reads an upstream's message and leaves in it what answers its question. A failure where it cannot be read. Never throws. */
export function readTrimmed(
  message: Buffer,
  traits: ReadTraits,
): StoredAnswer | Failure<'malformed-answer'> {
  const stored = readAnswer(message, traits)
  return isFailure(stored) ? stored : trim(stored)
}

/** The names of an answer from the one asked to the last that an alias leads to, lower-cased wire form as latin1. */
export function chainOf({ wire }: StoredAnswer): readonly string[] {
  return chainIn(wire, answersOf(wire))
}

/**
 * One answer of two: of the first the aliases up to the `cutAt`-th name of its chain, of the second, which is about that name, everything.
 * A failure where both together are too long, or cannot be read.
 */
export function joinAnswers(
  first: StoredAnswer,
  cutAt: number,
  rest: StoredAnswer,
): StoredAnswer | Failure<'malformed-answer'> {
  const led = new Set(chainOf(first).slice(0, cutAt))
  const aliases = answersOf(first.wire).filter((place) => {
    const owner = nameAt(first.wire, place.start)
    return isAliasing(first.wire, place) && (led.has(owner) || isAbove(owner, led))
  })
  const answers = [...taken(first.wire, aliases), ...taken(rest.wire, answersOf(rest.wire))]
  const authorities = taken(rest.wire, authoritiesOf(rest.wire))
  const like = Buffer.from(first.wire)
  const isSecure = first.wire.readUInt16BE(2) & rest.wire.readUInt16BE(2) & AD
  like.writeUInt16BE((first.wire.readUInt16BE(2) & ~(AD | 0xf)) | isSecure | rest.rcode, 2)
  return composed({ like, answers, authorities, error: rest.error })
}
const AD = 0x20

function trim(stored: StoredAnswer): StoredAnswer | Failure<'malformed-answer'> {
  const { wire } = stored
  if (isPlainAnswer(wire)) return stored
  const answers = answersOf(wire)
  const authorities = authoritiesOf(wire)
  const chain = new Set(chainIn(wire, answers))
  const type = wire.readUInt16BE(HEADER_BYTES + lengthOfQuestion(wire))
  const keptAnswers = answers.filter((place) => isAnswering(wire, place, type, chain))
  const keptAuthorities = authorities.filter((place) => isProof(wire, place, chain))
  const hasOthers =
    wire.readUInt16BE(10) > 0 ||
    keptAnswers.length < answers.length ||
    keptAuthorities.length < authorities.length
  if (!hasOthers) return stored
  return composed({
    like: wire,
    answers: taken(wire, keptAnswers),
    authorities: taken(wire, keptAuthorities),
    error: stored.error,
  })
}

function composed({
  error,
  ...parts
}: Parameters<typeof composeAnswer>[0] & Pick<StoredAnswer, 'error'>):
  | StoredAnswer
  | Failure<'malformed-answer'> {
  const message = composeAnswer(parts)
  if (!message) return failure('malformed-answer', 'too long')
  const stored = readAnswer(message, { keepsAd: true })
  return isFailure(stored) ? stored : { ...stored, error }
}

function chainIn(wire: Buffer, answers: readonly RecordPlace[]): readonly string[] {
  const chain = [nameAt(wire, HEADER_BYTES)]
  const targets = new Map(
    answers
      .filter(({ type }) => type === TYPE.CNAME)
      .map(({ start, dataStart }) => [nameAt(wire, start), nameAt(wire, dataStart)]),
  )
  for (let next = targets.get(chain[0] ?? ''); next !== undefined; ) {
    if (chain.includes(next) || chain.length >= CHAIN_MAX) break
    chain.push(next)
    next = targets.get(next)
  }
  return chain
}

function isAnswering(
  wire: Buffer,
  place: RecordPlace,
  asked: number,
  chain: ReadonlySet<string>,
): boolean {
  const { type, start } = place
  const owner = nameAt(wire, start)
  if (type === TYPE.DNAME && asked !== TYPE.DNAME) return isAbove(owner, chain)
  if (type === TYPE.RRSIG && coveredBy(wire, place) === TYPE.DNAME) return isAbove(owner, chain)
  return chain.has(owner) && (type === asked || type === TYPE.CNAME || type === TYPE.RRSIG)
}

function isAliasing(wire: Buffer, place: RecordPlace): boolean {
  const type = place.type === TYPE.RRSIG ? coveredBy(wire, place) : place.type
  return type === TYPE.CNAME || type === TYPE.DNAME
}

/** Whether a record of the authority section belongs to a "no" about one of the names. */
function isProof(wire: Buffer, place: RecordPlace, chain: ReadonlySet<string>): boolean {
  const type = place.type === TYPE.RRSIG ? coveredBy(wire, place) : place.type
  if (!PROOFS.has(type)) return false
  if (type !== TYPE.SOA) return true
  const owner = nameAt(wire, place.start)
  return chain.has(owner) || isAbove(owner, chain)
}

function coveredBy(wire: Buffer, { dataStart, end }: RecordPlace): number {
  return end - dataStart < 2 ? 0 : wire.readUInt16BE(dataStart)
}

/** Whether a name lies above one of the others. */
function isAbove(owner: string, chain: ReadonlySet<string>): boolean {
  for (const name of chain) {
    for (let at = 0; name.charCodeAt(at) > 0; ) {
      at += name.charCodeAt(at) + 1
      if (name.slice(at) === owner) return true
    }
  }
  return false
}

function answersOf(wire: Buffer): readonly RecordPlace[] {
  return recordsOf(wire).slice(0, wire.readUInt16BE(6))
}

function authoritiesOf(wire: Buffer): readonly RecordPlace[] {
  const answers = wire.readUInt16BE(6)
  return recordsOf(wire).slice(answers, answers + wire.readUInt16BE(8))
}

function taken(wire: Buffer, places: readonly RecordPlace[]): readonly TakenRecord[] {
  return places.map((place) => ({ wire, place }))
}

const scratch = new Uint8Array(NAME_BYTES_MAX)

function nameAt(wire: Buffer, start: number): string {
  readName(wire, start, wire.length, scratch, 0)
  return String.fromCharCode(...scratch.subarray(0, lengthOf(scratch, 0)))
}

function lengthOfQuestion(wire: Buffer): number {
  return lengthOf(wire, HEADER_BYTES)
}
