/** Multicast DNS, in network namespaces: a box asks, and devices answer in raw bytes. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { Sighting } from '#agent/identity/sighting.ts'
import { parseAddress } from '#domain/ip-address.ts'
import { connect, findProgram, Namespace, namespacesMissing } from '#test/support/namespaces.ts'
import { reverseName } from '#wire/reverse-name.ts'
import { type FeedProcess, startFeedProcess } from './feed-process.ts'
import { within } from './feed-support.ts'

const skip = namespacesMissing()
const PREFIX = `edge-md${process.pid}`
const ANSWER_MS = 3_000

interface Cable {
  readonly box: Namespace
  readonly device: Namespace
  readonly other: Namespace
}

/** A box, 192.0.2.1, and two devices, 192.0.2.11 and .12, on a bridge that is the box's. */
function makeCable(t: Test, name: string): Cable {
  const box = new Namespace(t, `${PREFIX}-${name}`)
  box.run('ip link add br0 type bridge mcast_snooping 0')
  box.run('ip link set br0 up')
  box.run('ip addr add 192.0.2.1/24 dev br0')
  box.run('ip addr add 2001:db8:1::1/64 dev br0 nodad')
  const [device, other] = [1, 2].map((i) => {
    const one = new Namespace(t, `${box.name}-d${i}`)
    connect([box, `port${i}`], [one, 'eth0'])
    box.run(`ip link set port${i} master br0`)
    one.run(`ip addr add 192.0.2.1${i}/24 dev eth0`)
    one.run(`ip addr add 2001:db8:1::1${i}/64 dev eth0 nodad`)
    return one
  })
  if (!device || !other) throw new Error('two devices')
  return { box, device, other }
}

interface Asked {
  readonly asked: string
  readonly port: number
}

/** Starts a responder; gives what it is asked. */
async function respond(
  t: Test,
  on: Namespace,
  address: string,
  how: string,
  name: Buffer,
): Promise<Asked[]> {
  const script = join(import.meta.dirname, 'mdns-child.ts')
  const child = on.spawn(t, process.execPath, [script, address, how, name.toString('hex')])
  const asked: Asked[] = []
  let isReady = false
  child.stderr?.on('data', (part) => t.comment(String(part)))
  if (child.stdout)
    createInterface({ input: child.stdout }).on('line', (line) => {
      const one = JSON.parse(line)
      if (one.ready) isReady = true
      else asked.push(one)
    })
  await within(10_000, 'a responder', () => isReady)
  return asked
}

function nameOf(told: readonly Sighting[], address: string): string | undefined {
  return told
    .flatMap((one) =>
      one.kind === 'name-seen' && one.of.kind === 'address' && one.of.address === address
        ? [one.name]
        : [],
    )
    .at(-1)
}

/** Wants a name, and waits until it is clear whether there is one. */
async function want(feed: FeedProcess, address: string): Promise<string | undefined> {
  feed.say(address)
  const giveUpAt = performance.now() + 2 * ANSWER_MS
  while (performance.now() < giveUpAt) {
    const { asking, waiting } = await feed.readings()
    if (asking === 0 && waiting === 0) break
    await sleep(50)
  }
  return nameOf(feed.told, address)
}

t.test('a device tells its name, over IPv4 and IPv6', { skip }, async (t) => {
  const { box, device } = makeCable(t, 'good')
  const asked = await respond(t, device, '192.0.2.11', 'good', Buffer.from('Toms-iPad'))
  const asked6 = await respond(t, device, '2001:db8:1::11', 'good', Buffer.from('größe'))
  const feed = await startFeedProcess(t, box, 'names')
  t.equal(await want(feed, '192.0.2.11'), 'toms-ipad')
  t.match(feed.told[0], { source: 'mdns', kind: 'name-seen' })
  t.equal(await want(feed, '2001:db8:1::11'), 'größe')
  t.match(await feed.readings(), { mdnsNamed: 2, nameless: 0 })
  const question = asked[0]?.asked ?? ''
  const name = Buffer.from(reverseName(parseAddress('192.0.2.11') ?? new Uint8Array(4))).toString(
    'hex',
  )
  t.match(
    question,
    new RegExp(`^.{4}00000001000000000000${name}000c8001$`),
    'one question, to be answered to the asker',
  )
  t.not(asked[0]?.port, 5353)
  t.ok(asked6.length > 0)
})

t.test('hostile names are cleaned', { skip }, async (t) => {
  const { box, device } = makeCable(t, 'hostile')
  await respond(t, device, '192.0.2.11', 'good', Buffer.from('<b>x\u202e\u0007\u0000y'))
  const feed = await startFeedProcess(t, box, 'names')
  t.equal(await want(feed, '192.0.2.11'), 'bxy')
})

t.test(
  'only the address itself is believed, with the id and the name that were asked',
  { skip },
  async (t) => {
    for (const how of ['wrong-id', 'wrong-owner', 'refused', 'cut'])
      await t.test(how, async (t) => {
        const { box, device } = makeCable(t, how.slice(0, 7))
        const asked = await respond(t, device, '192.0.2.11', how, Buffer.from('liar'))
        const feed = await startFeedProcess(t, box, 'names')
        t.equal(await want(feed, '192.0.2.11'), undefined)
        t.ok(asked.length > 0, 'it was asked')
        t.match(await feed.readings(), { nameless: 1 })
      })
    await t.test('somebody else answers', async (t) => {
      const { box, other } = makeCable(t, 'other')
      const asked = await respond(t, other, '192.0.2.12', 'good', Buffer.from('liar'))
      const feed = await startFeedProcess(t, box, 'names')
      t.equal(await want(feed, '192.0.2.11'), undefined)
      t.ok(asked.length > 0, 'it was asked as well')
      t.same(feed.told, [])
    })
  },
)

t.test('who is on no network of ours is not asked', { skip }, async (t) => {
  const { box, device } = makeCable(t, 'far')
  const asked = await respond(t, device, '192.0.2.11', 'good', Buffer.from('far'))
  const feed = await startFeedProcess(t, box, 'names')
  t.equal(await want(feed, '198.51.100.7'), undefined)
  t.same(asked, [])
})

const avahiMissing = skip || namespacesMissing([['avahi-daemon', 'avahi-daemon']])

t.test('avahi tells its name', { skip: avahiMissing }, async (t) => {
  const { box, device } = makeCable(t, 'avahi')
  const folder = mkdtempSync(join(tmpdir(), 'edge-avahi-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const config = join(folder, 'avahi.conf')
  writeFileSync(
    config,
    '[server]\nhost-name=class-pc\nuse-ipv4=yes\nuse-ipv6=yes\nallow-interfaces=eth0\nenable-dbus=no\n[rlimits]\n',
  )
  const run = '/run/avahi-daemon'
  mkdirSync(run, { recursive: true })
  const child = device.spawn(t, findProgram('unshare') ?? '', [
    '-m',
    'sh',
    '-c',
    `mount -t tmpfs none /run && mkdir -p ${run} && exec ${findProgram('avahi-daemon')} --no-drop-root --no-chroot -f ${config}`,
  ])
  let said = ''
  child.stderr?.on('data', (part) => (said += String(part)))
  await within(10_000, `avahi: ${said}`, () => said.includes('Server startup complete'))
  const feed = await startFeedProcess(t, box, 'names')
  t.equal(await want(feed, '192.0.2.11'), 'class-pc')
})
