import { createHash } from 'node:crypto'
import { type Failure, failure, isFailure } from '#domain/failure.ts'

/** Our contracts nest four deep; deeper JSON is an attack on the stack. */
const DEPTH_MAX = 16

/**
 * JSON with sorted keys and no white space, so that equal values have equal text whoever wrote them.
 * Works on what was received, not on what was understood: a newer box's extra fields belong to its row's identity.
 */
function canonicalJson(value: unknown, depth = 0): string | Failure<'too-deep'> {
  if (depth > DEPTH_MAX) return failure('too-deep', `nested deeper than ${DEPTH_MAX}`)
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const parts: string[] = []
  const isList = Array.isArray(value)
  const entries: [string, unknown][] = isList
    ? value.map((item): [string, unknown] => ['', item])
    : Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  for (const [key, item] of entries) {
    const text = canonicalJson(item, depth + 1)
    if (isFailure(text)) return text
    parts.push(isList ? text : `${JSON.stringify(key)}:${text}`)
  }
  return isList ? `[${parts.join(',')}]` : `{${parts.join(',')}}`
}

/** SHA-256 over the canonical text. */
export function canonicalHash(value: unknown): Uint8Array | Failure<'too-deep'> {
  const text = canonicalJson(value)
  return isFailure(text) ? text : createHash('sha256').update(text).digest()
}
