import { confidenceBand, type DhcpSaid, type Known } from '#domain/identity.ts'
import type { Client } from './client.ts'
import type { Identity } from './identity.ts'

/** Who asks and why the group, in words; device and user are hostile text, which whoever shows it cleans. */
export function sayIdentity(identity: Identity, { source }: Pick<Client, 'source'>): string {
  const { device, name, user, group, isDisputed, dhcp } = identity
  const facts = [
    said('device', device),
    said('called', name),
    said('user', user),
    ...dhcpSaid(dhcp),
    ...(isDisputed ? ['sources disagree about this address, so it opens nothing'] : []),
    ...(source === 'identity' && group
      ? [`the group is theirs by ${group.source} (${group.confidence} %)`]
      : []),
  ].filter((one) => one !== undefined)
  return facts.length > 0 ? `; ${facts.join('; ')}` : '; nothing is known of who that is'
}

function said(what: string, fact: Known | undefined): string | undefined {
  if (!fact) return undefined
  const { value, source, confidence } = fact
  return `${what} ${value} by ${source} (${confidence} %, ${confidenceBand(confidence)})`
}

function dhcpSaid({ vendorClass, fingerprint }: DhcpSaid = {}): readonly string[] {
  return [
    ...(vendorClass === undefined ? [] : [`DHCP class ${vendorClass}`]),
    ...(fingerprint === undefined ? [] : [`asks DHCP for ${fingerprint}`]),
  ]
}
