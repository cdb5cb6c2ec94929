/**
 * The bytes of a locked bundle:
 *
 *   "SCLOCK1\n" | u32 length of the header | header, JSON | payload, AES-256-GCM, with its tag | Ed25519 signature
 *
 * The signature is over all that stands before it; magic, length and header are the payload's authenticated data. Key and nonce
 * of the payload are made from the content key and the header's salt (HKDF, RFC 5869), so no two bundles share them. Within:
 *
 *   two words for the label hash | 32 bytes of digest key | rows: label hash (i32), 16 bytes of digest, mark
 *
 * All numbers are big-endian. No name is in it.
 */
import { z } from 'zod'
import { type Failure, failure } from '#domain/failure.ts'
import { DIGEST_BYTES } from '#rules/locked-names.ts'

/** Rows of one bundle. At this size a box checks and opens a bundle in some 100 ms, while queries wait. */
export const LOCKED_NAMES_MAX = 250_000
/** Bytes of a whole bundle: the rows of LOCKED_NAMES_MAX, and room for the rest. */
export const BUNDLE_BYTES_MAX = 6_291_456
/** Keys of the publisher that one bundle may hand on through. */
export const ENDORSEMENTS_MAX = 8
const HEADER_BYTES_MAX = 16_384

export const SIGNATURE_BYTES = 64
export const TAG_BYTES = 16
export const SALT_BYTES = 32
export const DIGEST_KEY_BYTES = 32
/** Before the rows. */
export const KEYS_BYTES: number = 8 + DIGEST_KEY_BYTES
export const ROW_BYTES: number = 4 + DIGEST_BYTES + 1
const MAGIC = Buffer.from('SCLOCK1\n', 'latin1')
const HEAD_BYTES = MAGIC.length + 4

const FORMAT = 'supercloud-edge locked bundle'
/** The year 2200. */
const MADE_AT_MAX = 7_258_118_400_000
const keyText = z.string().regex(/^[A-Za-z0-9_-]{20,100}$/)
const token = z.string().regex(/^[A-Za-z0-9_-]{1,100}$/)
const categoryId = z.string().regex(/^[a-z._]{1,100}$/)

/** That one key of a publisher speaks for the next: signed by the older. Keys are SPKI, base64url. */
export interface Endorsement {
  readonly key: string
  readonly by: string
  readonly signature: string
}
export const endorsementSchema: z.ZodType<Endorsement> = z.strictObject({
  key: keyText,
  by: keyText,
  signature: token,
})

/** What a bundle says of itself; not secret. */
export interface BundleHeader {
  readonly format: typeof FORMAT
  readonly v: 1
  /** Ed25519, SPKI, base64url: whose signature this is. */
  readonly publisher: string
  /** From the oldest key on. */
  readonly endorsements: readonly Endorsement[]
  /** Only rises. */
  readonly serial: number
  /** Milliseconds since the epoch. */
  readonly madeAt: number
  /** How many, by category. */
  readonly names: Readonly<Record<string, number>>
  /** Which content key opens it. */
  readonly keyId: string
  readonly salt: string
}
const headerSchema: z.ZodType<BundleHeader> = z.strictObject({
  format: z.literal(FORMAT),
  v: z.literal(1),
  publisher: keyText,
  endorsements: z.array(endorsementSchema).max(ENDORSEMENTS_MAX),
  serial: z.int().min(1),
  madeAt: z.int().min(0).max(MADE_AT_MAX),
  // Counted against the rows when it is opened, so no other category can stand in it.
  names: z.record(categoryId, z.int().min(0).max(LOCKED_NAMES_MAX)),
  keyId: token,
  salt: token,
})

/** A bundle taken apart; nothing in it has been checked but its form. */
export interface BundleParts {
  readonly header: BundleHeader
  /** Magic, length and header. */
  readonly head: Buffer
  /** With its tag. */
  readonly payload: Buffer
  /** All but the signature. */
  readonly signed: Buffer
  readonly signature: Buffer
}

/** Takes a bundle apart. Never throws. */
export function readBundle(bytes: Buffer): BundleParts | Failure<'bad-bundle'> {
  const headerLength = bytes.length >= HEAD_BYTES ? bytes.readUInt32BE(MAGIC.length) : 0
  const payloadAt = HEAD_BYTES + headerLength
  const signatureAt = bytes.length - SIGNATURE_BYTES
  if (bytes.length > BUNDLE_BYTES_MAX) return bad('is too large to be one')
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) return bad('does not begin as one does')
  if (headerLength > HEADER_BYTES_MAX || payloadAt + KEYS_BYTES + TAG_BYTES > signatureAt)
    return bad('is cut off')
  const header = headerSchema.safeParse(parseJson(bytes.toString('utf8', HEAD_BYTES, payloadAt)))
  if (!header.success) return bad('has a header that is not understood; is this program too old?')
  return {
    header: header.data,
    head: bytes.subarray(0, payloadAt),
    payload: bytes.subarray(payloadAt, signatureAt),
    signed: bytes.subarray(0, signatureAt),
    signature: bytes.subarray(signatureAt),
  }
}

/** Magic, length and header. */
export function writeHead(header: BundleHeader): Buffer {
  const text = Buffer.from(JSON.stringify(header), 'utf8')
  const length = Buffer.alloc(4)
  length.writeUInt32BE(text.length)
  return Buffer.concat([MAGIC, length, text])
}

/** JSON, or undefined. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function bad(why: string): Failure<'bad-bundle'> {
  return failure('bad-bundle', `the bundle ${why}`)
}
