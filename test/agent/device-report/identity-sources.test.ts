import t from 'tap'
import { identitySources } from '#agent/device-report/identity-sources.ts'
import { readyIdentity } from '#agent/policy/ready-identity.ts'

t.test('what is set up is told, and nothing else', async (t) => {
  t.same(identitySources(readyIdentity({}, '/'), false), ['neighbour', 'reverse-dns', 'network'])
  const section = {
    owners: 'owners.csv',
    leases: [{ path: 'a', format: 'isc' as const }],
    neighbours: false,
    names: { reverse: false, mdns: true },
    radius: { clients: [] },
  }
  t.same(identitySources(readyIdentity(section, '/'), true), [
    'radius',
    'owners',
    'lease',
    'capture',
    'mdns',
    'network',
  ])
})
