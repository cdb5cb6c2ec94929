import type { IdentitySource } from '#domain/identity.ts'
import type { ReadyIdentity } from '../policy/ready-identity.ts'

/** What the configuration sets up to tell of devices and people, in the order of `IDENTITY_SOURCES`. Where a device is, is always known. */
export function identitySources(
  identity: ReadyIdentity,
  hasCapture: boolean,
): readonly IdentitySource[] {
  const isSetUp: readonly (readonly [IdentitySource, boolean])[] = [
    ['configured', identity.devices.length > 0],
    ['radius', identity.radius !== undefined],
    ['edns', identity.forwarders.length > 0],
    ['endpoint', identity.devices.some(({ endpoint }) => endpoint !== undefined)],
    ['owners', identity.ownersFile !== undefined],
    ['lease', identity.leases.length > 0],
    ['neighbour', identity.neighbours],
    ['capture', hasCapture],
    ['mdns', identity.names.mdns],
    ['reverse-dns', identity.names.reverse],
    ['network', true],
  ]
  return isSetUp.flatMap(([source, isOn]) => (isOn ? [source] : []))
}
