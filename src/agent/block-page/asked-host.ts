import { parseAddress } from '#domain/ip-address.ts'
import { type DomainName, parseDomainName } from '#rules/domain-name.ts'
import { isRuleFailure } from '#rules/rule-failure.ts'

/** A Host header longer than this names nothing that DNS could. */
const HOST_CHARS_MAX = 300
/** What browsers send: they have turned everything else into it (RFC 5891). */
const HOST_NAME = /^[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?$/i

/**
 * The host name in a Host header (RFC 9110 section 7.2), which is hostile text: its port is dropped. Undefined for an address, and for
 * what is no host name. Never throws.
 */
export function askedHost(host: string): DomainName | undefined {
  if (host.length > HOST_CHARS_MAX) return undefined
  const bare = host.replace(/:\d{0,5}$/, '')
  if (!HOST_NAME.test(bare) || parseAddress(bare) !== undefined) return undefined
  const name = parseDomainName(bare)
  return isRuleFailure(name) ? undefined : name
}
