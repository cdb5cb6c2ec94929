import { domainToUnicode } from 'node:url'
import { plainText } from './plain-text.ts'

/** A name as people write it, where that is other than how DNS has it (RFC 5891); empty where it is not. */
export function spelledName(name: string): string {
  const spelled = domainToUnicode(name)
  return spelled === name || spelled === '' ? '' : plainText(spelled)
}
