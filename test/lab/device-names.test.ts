/** What devices are called by the school's own name server and by themselves, seen from outside a whole agent: `explain` and `status`. */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { namespacesMissing } from '#test/support/namespaces.ts'
import { saidBy, until } from './lab-support.ts'
import { SchoolLab } from './school-lab.ts'

const skip = namespacesMissing([
  ['dnsmasq', 'dnsmasq-base'],
  ['dig', 'dnsutils'],
  ['bridge', 'iproute2'],
])
if (skip) {
  t.pass('skipped', { skip })
  process.exit(0)
}

const RESPONDER = join(import.meta.dirname, '..', 'agent', 'identity', 'feeds', 'mdns-child.ts')
/** Who asks is counted every five seconds; then a name is sought, slowly. */
const NAMED_MS = 20_000
const HOSTILE = Buffer.from('<b>tom\u202es\u0000').toString('hex')

const lab = new SchoolLab(t, `edge-dn${process.pid}`)
const names = await lab.startNameServer(
  { 'library-3.school.test': '192.0.2.50', 'headteacher.school.test': '192.0.2.9' },
  // Anybody may say of his own address that it is somebody else's name.
  ['--ptr-record=51.2.0.192.in-addr.arpa,headteacher.school.test'],
)
const desk = lab.machine('desk', 10, '00:00:5e:00:53:50')
const liar = lab.machine('liar', 10, '00:00:5e:00:53:51')
const tablet = lab.machine('tablet', 10, '00:00:5e:00:53:52')
const hostile = lab.machine('hostile', 10, '00:00:5e:00:53:53')
for (const [i, machine] of [desk, liar, tablet, hostile].entries()) machine.use(`192.0.2.5${i}`)
const answer = (machine: typeof tablet, name: string) =>
  saidBy(machine.spawn(process.execPath, [RESPONDER, machine.address, 'good', name]), /ready/)
await Promise.all([
  answer(tablet, Buffer.from('Toms-iPad').toString('hex')),
  answer(hostile, HOSTILE),
])
const zone = (name: string) => ({
  zone: name,
  upstreams: [{ address: '127.0.0.1', port: names }],
  'allow-private': true,
})
await lab.startAgent({
  networks: [
    { cidr: '127.0.0.0/8', group: 'ks3' },
    { cidr: '192.0.2.0/24', group: 'ks3', name: 'Wi-Fi' },
  ],
  zones: [zone('school.test'), zone('2.0.192.in-addr.arpa')],
  identity: { names: { reverse: true, mdns: true } },
})

/** Asks, and looks who that was, until the agent knows. */
async function called(machine: typeof tablet, what: RegExp): Promise<void> {
  machine.dig('open.test')
  await until(() => what.test(lab.explain(machine.address)), NAMED_MS)
}

t.test(
  'a name of the school\u2019s reverse zone that leads back is the device\u2019s name',
  async (t) => {
    await called(desk, /called library-3\.school\.test by reverse-dns/)
    t.match(
      lab.explain(desk.address),
      /group ks3: by its network \(Wi-Fi\); device 00:00:5e:00:53:50 by neighbour.*called library-3\.school\.test by reverse-dns/,
    )
  },
)

t.test('what a device says of itself by multicast is its name where it has no other', async (t) => {
  await called(tablet, /called toms-ipad by mdns/)
  t.match(lab.explain(tablet.address), /device 00:00:5e:00:53:52.*called toms-ipad by mdns/)
})

t.test('a hostile name is cleaned on its way, one that leads elsewhere is none', async (t) => {
  await called(hostile, /called btoms by mdns/)
  liar.dig('open.test')
  // Long enough for what took the others a few seconds.
  await sleep(NAMED_MS / 2)
  t.notMatch(lab.explain(liar.address), /called|headteacher/)
  t.match(lab.explain(liar.address), /device 00:00:5e:00:53:51/)
})

t.test('status counts the devices, by figures and without a name', (t) => {
  const status = lab.status()
  t.match(status, /identity +4 devices known, 0 logons; who asks: .* strong/)
  t.notMatch(status, /library-3|ipad|tom/i)
  t.end()
})
