import { parseAddress } from '#domain/ip-address.ts'
import { type DomainName, parseDomainName } from '#rules/domain-name.ts'
import { isRuleFailure } from '#rules/rule-failure.ts'

/** A Host header longer than this names nothing that DNS could. */
const HOST_CHARS_MAX = 1_100

/**
 * The name in a Host header (RFC 9110 section 7.2), which is hostile text: its port is dropped. Undefined for an address, and for what
 * is no domain name. Never throws.
 */
export function askedHost(host: string): DomainName | undefined {
  if (host.length > HOST_CHARS_MAX || host.startsWith('[')) return undefined
  const bare = host.replace(/:\d{0,5}$/, '')
  if (bare.includes(':') || parseAddress(bare) !== undefined) return undefined
  const name = parseDomainName(bare)
  return isRuleFailure(name) || name === '.' ? undefined : name
}
