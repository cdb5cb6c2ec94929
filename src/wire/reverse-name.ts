import { nameToWire, parseDomainName } from '#rules/domain-name.ts'
import { isRuleFailure } from '#rules/rule-failure.ts'

const HEX_DIGITS = 16

/** The name below which an address is looked up backwards (RFC 1035 section 3.5, RFC 3596 section 2.5), wire form. */
export function reverseName(address: Uint8Array): Uint8Array {
  const isIpv4 = address.length === 4
  const labels = isIpv4
    ? Array.from(address.toReversed(), String)
    : Array.from(address.toReversed()).flatMap((byte) => [
        (byte % HEX_DIGITS).toString(HEX_DIGITS),
        Math.floor(byte / HEX_DIGITS).toString(HEX_DIGITS),
      ])
  return wireOf(`${labels.join('.')}.${isIpv4 ? 'in-addr' : 'ip6'}.arpa`)
}

function wireOf(text: string): Uint8Array {
  const name = parseDomainName(text)
  return isRuleFailure(name) ? Uint8Array.of(0) : nameToWire(name)
}
