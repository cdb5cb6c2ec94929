/** What the agent's own capture sees on a VLAN: devices that never ask the box, their names, and who asks another resolver. */
import { join } from 'node:path'
import Database from 'better-sqlite3'
import t from 'tap'
import { z } from 'zod'
import { namespacesMissing } from '#test/support/namespaces.ts'
import { until } from './lab-support.ts'
import { OUTSIDE_RESOLVER, SchoolLab } from './school-lab.ts'
import { OPEN, POLICY, radiusFrom, session } from './start-school.ts'

const skip = namespacesMissing([
  ['tcpdump', 'tcpdump'],
  ['dnsmasq', 'dnsmasq-base'],
  ['dhclient', 'isc-dhcp-client'],
  ['radclient', 'freeradius-utils'],
  ['dig', 'dnsutils'],
  ['bridge', 'iproute2'],
])
if (skip) {
  t.pass('skipped', { skip })
  process.exit(0)
}

const PRINTER = '00:00:5e:00:53:71'
const LAPTOP = '00:00:5e:00:53:72'
const NOBODY = '192.0.2.99'
/** From so many packets on it is no stray. */
const REPEATED = 10

const lab = new SchoolLab(t, `edge-ow${process.pid}`)
await lab.startDnsmasq()
await lab.startOutsideResolver()
const printer = lab.machine('printer', 10, PRINTER)
const laptop = lab.machine('y7-laptop', 10, LAPTOP)
printer.use('192.0.2.70')
// Neither leases nor neighbours are read: all that is known was seen on the wire.
await lab.startAgent({
  ...POLICY,
  capture: { interfaces: ['eth10'] },
  identity: { neighbours: false, names: { reverse: false }, radius: radiusFrom(lab) },
})

const noticed = z.object({
  group: z.string(),
  mac: z.string(),
  client: z.object({ address: z.string(), device: z.string().optional() }),
  grade: z.string(),
  rule: z.string(),
  evidence: z.array(
    z.object({ sign: z.string(), count: z.number(), samples: z.array(z.string()) }),
  ),
})

/** Events of ways round the filter as they are kept to be sent: id, and what the newest revision says. */
function bypassEvents(): readonly (readonly [string, z.infer<typeof noticed>])[] {
  const db = new Database(join(lab.folder, 'state', 'agent', 'outbox.db'), { readonly: true })
  try {
    const rows = db
      .prepare<[], { readonly id: string; readonly body: string }>(
        "SELECT id, body FROM event WHERE json_extract(body, '$.kind') = 'bypass-noticed' ORDER BY sequence",
      )
      .all()
    const newest = new Map(rows.map(({ id, body }) => [id, noticed.parse(JSON.parse(body))]))
    return [...newest]
  } finally {
    db.close()
  }
}

t.test('a device with a fixed address that asks nobody here is seen', async (t) => {
  t.match(lab.explain(printer.address), 'nothing is known of who that is')
  const isSeen = (): boolean => {
    // Looks for a neighbour that is not there: all that is sent is ARP.
    printer.forgetNeighbours()
    printer.digElsewhere(NOBODY, 'open.test')
    return lab.explain(printer.address).includes(PRINTER)
  }
  await until(isSeen)
  t.match(
    lab.explain(printer.address),
    /group ks3: by its network \(Wi-Fi\); device 00:00:5e:00:53:71 by capture \(80 %, strong\)/,
  )
})

t.test('a device that asks for a lease is called what it says there', async (t) => {
  await laptop.lease()
  await until(() => lab.explain(laptop.address).includes('y7-laptop'))
  t.match(
    lab.explain(laptop.address),
    /group ks3: by its network \(Wi-Fi\); device 00:00:5e:00:53:72 by capture \(80 %, strong\); called y7-laptop by capture \(40 %, fair\)/,
  )
})

t.test('who asks another resolver is one event about that device, which grows', async (t) => {
  lab.account(
    session('Start', {
      'User-Name': 'p.upil',
      'Acct-Session-Id': 'w1',
      'Calling-Station-Id': LAPTOP,
      'Framed-IP-Address': laptop.address,
    }),
  )
  await until(() => lab.explain(laptop.address).includes('user p.upil'))
  t.same(bypassEvents(), [], 'nobody so far')
  t.equal(laptop.digElsewhere(OUTSIDE_RESOLVER, 'open.test').status, OPEN, 'it is answered')
  await until(() => bypassEvents().length > 0)
  const [[id, first] = []] = bypassEvents()
  t.match(first, {
    group: 'ks3',
    mac: LAPTOP,
    client: { address: laptop.address, device: 'y7-laptop' },
    grade: 'low',
    rule: 'single-sign',
    evidence: [{ sign: 'dns-elsewhere', samples: [`${OUTSIDE_RESOLVER} port 53`] }],
  })
  for (let time = 0; time < REPEATED; time++) laptop.digElsewhere(OUTSIDE_RESOLVER, `n${time}.test`)
  await until(() => bypassEvents().some(([, { grade }]) => grade === 'medium'))
  t.equal(bypassEvents().length, 1)
  const [[laterId, later] = []] = bypassEvents()
  t.equal(laterId, id)
  t.match(later, { mac: LAPTOP, grade: 'medium', rule: 'dns-elsewhere' })
  t.ok((later?.evidence[0]?.count ?? 0) >= REPEATED)
})

t.test('who asks the box is in no such event', (t) => {
  t.equal(printer.dig('open.test').status, OPEN)
  t.notOk(bypassEvents().some(([, { mac }]) => mac === PRINTER))
  t.end()
})
