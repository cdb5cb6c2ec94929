import { type Failure, failure } from '#domain/failure.ts'
import { nameToWire, parseDomainName } from '#rules/domain-name.ts'
import { isRuleFailure } from '#rules/rule-failure.ts'
import { KEY_SUFFIX_BYTES } from '#wire/query-view.ts'

/** What is to be dropped from the caches. */
export type FlushTarget =
  | { readonly kind: 'all' }
  /** `name` in wire form, lower case, as latin1: as a key of the cache begins. `below`: what is below it too. */
  | { readonly kind: 'name'; readonly name: string; readonly below: boolean }

/** Reads a name as somebody has typed it; a final dot is none of it. Never throws. */
export function flushTargetOf(text: string, below: boolean): FlushTarget | Failure<'bad-request'> {
  const name = parseDomainName(text)
  if (isRuleFailure(name)) return failure('bad-request', `no domain name: ${name.detail}`)
  return { kind: 'name', name: Buffer.from(nameToWire(name)).toString('latin1'), below }
}

/** Whether a key of the cache is meant, of whatever type. */
export function isMeant(target: FlushTarget, key: string): boolean {
  if (target.kind === 'all') return true
  const nameLength = key.length - KEY_SUFFIX_BYTES
  const start = nameLength - target.name.length
  if (start === 0) return key.startsWith(target.name)
  return target.below && isLabelStart(key, start) && key.startsWith(target.name, start)
}

/** Whether a label begins there: bytes within a label may look like a whole name. */
function isLabelStart(key: string, start: number): boolean {
  let at = 0
  while (at < start) at += key.charCodeAt(at) + 1
  return at === start
}
