import t from 'tap'
import { captureSettings } from '#agent/capture/capture-settings.ts'
import { isRefused, parseConfig } from '#agent/policy/config.ts'
import { normalise } from '#agent/policy/normalise.ts'
import { schoolServers } from '#agent/policy/school-servers.ts'
import { cidrText } from '#agent/policy/sections/networks.ts'

function configOf(config: object) {
  const parsed = parseConfig(JSON.stringify(config), 'edge.yaml')
  if (isRefused(parsed)) throw new Error(parsed.detail)
  return normalise(parsed, { file: undefined, resolvConf: '', localAddresses: [] })
}

const CONFIG = configOf({
  upstreams: [{ address: '10.20.0.53' }, { address: '8.8.8.8' }],
  zones: [{ zone: 'corp.test', upstreams: [{ address: 'fd00::10' }, { address: '203.0.113.7' }] }],
  identity: { forwarders: [{ from: '10.20.4.0/30', trust: [] }] },
  firewall: { servers: ['203.0.113.53'] },
  capture: { interfaces: ['eth0'], resolvers: ['10.20.0.99'] },
})

t.test(
  'what is asked on the site, and what asks here, are servers; public upstreams are not',
  (t) => {
    const { askers, asked } = schoolServers(CONFIG)
    t.strictSame(askers, ['10.20.0.53', '203.0.113.53'])
    t.strictSame(asked.map(cidrText), [
      '10.20.4.0/30',
      '10.20.0.53/32',
      '203.0.113.53/32',
      'fd00::10/128',
    ])
    t.end()
  },
)

t.test('a capture tells of nobody who asks them', (t) => {
  const { resolvers, servers } = captureSettings(CONFIG)
  t.strictSame(resolvers, ['10.20.0.99', '10.20.0.53', '203.0.113.53'])
  t.ok(servers.includes('10.20.4.0/30') && servers.includes('fd00::10/128'))
  t.end()
})
