/** The kernel's neighbour tables, in network namespaces: a box, and devices on its cable. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { connect, Namespace, namespacesMissing } from '#test/support/namespaces.ts'
import { startFeedProcess } from './feed-process.ts'
import { within } from './feed-support.ts'

const skip = namespacesMissing()
const TOLD_MS = 1_000
const MAC = (i: number): string => `02:00:5e:00:53:${i.toString(16).padStart(2, '0')}`
const PREFIX = `edge-fd${process.pid}`

/** A box whose cable is a bridge, with a port for each device. */
function makeBox(t: Test, name: string): Namespace {
  const box = new Namespace(t, `${PREFIX}-${name}`)
  box.run('ip link add br0 type bridge')
  box.run('ip link set br0 address 02:00:5e:00:53:fe')
  box.run('ip link set br0 up')
  box.run('ip addr add 192.0.2.1/24 dev br0')
  box.run('ip addr add 2001:db8:1::1/64 dev br0 nodad')
  return box
}

function plugIn(t: Test, box: Namespace, i: number): Namespace {
  const device = new Namespace(t, `${box.name}-d${i}`)
  connect([box, `port${i}`], [device, 'eth0'])
  box.run(`ip link set port${i} master br0`)
  device.run(`ip link set eth0 address ${MAC(i)}`)
  device.run(`ip addr add 192.0.2.${10 + i}/24 dev eth0`)
  device.run(`ip addr add 2001:db8:1::${10 + i}/64 dev eth0 nodad`)
  return device
}

/** Sends a packet from each address, one after the other. */
function speak(device: Namespace, to: string, ...from: readonly string[]): void {
  const script = join(import.meta.dirname, 'speak-child.ts')
  device.run([process.execPath, script, to, ...from].join(' '))
}

t.test('ip tells of a new neighbour within a second', { skip }, async (t) => {
  const box = makeBox(t, 'new')
  const device = plugIn(t, box, 1)
  const feed = await startFeedProcess(t, box, 'neighbours')
  await sleep(800)
  t.same(feed.told, [])
  const spoken = performance.now()
  speak(device, '192.0.2.1', '192.0.2.11')
  const spokenMs = performance.now() - spoken
  const tookMs = await within(TOLD_MS, 'the neighbour', () => feed.addresses().has('192.0.2.11'))
  t.comment(`told ${tookMs.toFixed()} ms after ${spokenMs.toFixed()} ms of speaking`)
  t.match(feed.told[0], { kind: 'address-seen', source: 'neighbour', mac: MAC(1) })
  t.match(await feed.readings(), { source: 'ip', monitorStarts: 1, malformed: 0, manyAddresses: 0 })
  t.same(feed.faults, [])
  feed.say('off')
  await within(TOLD_MS, 'the end', () => feed.addresses().size === 0)
})

t.test('neighbours of before are known from the start', { skip }, async (t) => {
  const box = makeBox(t, 'old')
  const device = plugIn(t, box, 1)
  speak(device, '192.0.2.1', '192.0.2.11')
  speak(device, '2001:db8:1::1', '2001:db8:1::11')
  const feed = await startFeedProcess(t, box, 'neighbours')
  await within(TOLD_MS, 'both', () => feed.addresses().size >= 2)
  t.equal(feed.addresses().get('2001:db8:1::11'), MAC(1))
})

t.test('many addresses of IPv6, also those for privacy, are one device', { skip }, async (t) => {
  const box = makeBox(t, 'six')
  const device = plugIn(t, box, 1)
  const feed = await startFeedProcess(t, box, 'neighbours')
  const mine = Array.from(
    { length: 7 },
    (_, i) => `2001:db8:1::${(0x9a3e + 977 * i).toString(16)}:${(0x11d + 31 * i).toString(16)}`,
  )
  for (const one of mine) device.run(`ip addr add ${one}/64 dev eth0 nodad preferred_lft 86400`)
  speak(device, '2001:db8:1::1', '2001:db8:1::11', ...mine)
  await within(2_000, 'all', () => mine.every((one) => feed.addresses().get(one) === MAC(1)))
  t.equal(feed.addresses().get('2001:db8:1::11'), MAC(1))
  t.match(await feed.readings(), { manyAddresses: 0 })
})

t.test('an address that another device takes is that one’s', { skip }, async (t) => {
  const box = makeBox(t, 'move')
  const [first, second] = [plugIn(t, box, 1), plugIn(t, box, 2)]
  const feed = await startFeedProcess(t, box, 'neighbours')
  speak(first, '192.0.2.1', '192.0.2.11')
  await within(TOLD_MS, 'the first', () => feed.addresses().get('192.0.2.11') === MAC(1))
  first.run('ip addr del 192.0.2.11/24 dev eth0')
  second.run('ip addr add 192.0.2.11/24 dev eth0')
  // The kernel holds on to an answer for a second (locktime), lest two that answer change places all the time.
  await sleep(1_100)
  speak(second, '192.0.2.1', '192.0.2.11')
  await within(TOLD_MS, 'the second', () => feed.addresses().get('192.0.2.11') === MAC(2))
  t.ok(feed.told.some((one) => one.kind === 'address-gone' && one.mac === MAC(1)))
  t.match(await feed.readings(), { moved: 1 })
})

t.test('a device that does not answer any more is gone', { skip }, async (t) => {
  const box = makeBox(t, 'gone')
  const device = plugIn(t, box, 1)
  for (const [key, value] of [
    ['delay_first_probe_time', '1'],
    ['retrans_time_ms', '100'],
    ['base_reachable_time_ms', '500'],
  ])
    box.run(`sysctl -qw net.ipv4.neigh.br0.${key}=${value}`)
  const feed = await startFeedProcess(t, box, 'neighbours')
  speak(device, '192.0.2.1', '192.0.2.11')
  await within(TOLD_MS, 'the device', () => feed.addresses().has('192.0.2.11'))
  device.run('ip link set eth0 down')
  const asking = setInterval(() => speak(box, '192.0.2.11', '192.0.2.1'), 400)
  t.teardown(() => clearInterval(asking))
  await within(10_000, 'its end', () => !feed.addresses().has('192.0.2.11'))
})

t.test('a router that answers for others is no device', { skip }, async (t) => {
  const box = makeBox(t, 'proxy')
  const router = plugIn(t, box, 1)
  const device = plugIn(t, box, 2)
  box.run('ip addr add 10.20.0.1/16 dev br0')
  router.run('sysctl -qw net.ipv4.conf.eth0.proxy_arp=1 net.ipv4.ip_forward=1')
  router.run('ip link add dummy0 type veth peer name dummy1')
  router.run('ip link set dummy1 up')
  router.run('ip link set dummy0 up')
  router.run('ip route add 10.20.0.0/16 dev dummy0')
  box.run('sysctl -qw net.ipv4.neigh.br0.retrans_time_ms=200')
  const feed = await startFeedProcess(t, box, 'neighbours')
  speak(device, '192.0.2.1', '192.0.2.12')
  const behind = Array.from({ length: 12 }, (_, i) => `10.20.${i + 1}.7`)
  for (const one of behind) speak(box, one, '10.20.0.1')
  await within(5_000, 'the fault', () => feed.faults.length === 1)
  t.match(feed.faults[0], MAC(1))
  await sleep(500)
  t.same([...feed.addresses()], [['192.0.2.12', MAC(2)]])
  t.match(await feed.readings(), { manyAddresses: 1 })
})

t.test(
  'what is missed while ip is not there is caught up with, and it ends with us',
  { skip },
  async (t) => {
    const box = makeBox(t, 'kill')
    const device = plugIn(t, box, 1)
    const feed = await startFeedProcess(t, box, 'neighbours')
    const monitor = (): number | undefined => monitorOf(feed.child.pid ?? 0)
    await within(2_000, 'the monitor', () => monitor() !== undefined)
    const first = monitor() ?? 0
    process.kill(first, 'SIGKILL')
    await within(2_000, 'its end', () => monitor() !== first)
    speak(device, '192.0.2.1', '192.0.2.11')
    await within(5_000, 'the neighbour', () => feed.addresses().has('192.0.2.11'))
    const isBack = (): boolean => monitor() !== undefined && monitor() !== first
    await within(5_000, 'another monitor', isBack)
    t.match(await feed.readings(), { monitorStarts: 2 })
    const second = monitor() ?? 0
    t.not(second, 0)
    feed.child.kill('SIGKILL')
    await within(2_000, 'the end of both', () => !isAlive(second))
  },
)

t.test('without ip the ARP table is read, and that is told once', { skip }, async (t) => {
  const box = makeBox(t, 'arp')
  const device = plugIn(t, box, 1)
  const feed = await startFeedProcess(t, box, 'neighbours', '/nowhere/ip')
  await within(2_000, 'the fault', () => feed.faults.length === 1)
  t.match(feed.faults[0], /iproute2/)
  speak(device, '192.0.2.1', '192.0.2.11')
  await within(6_000, 'the neighbour', () => feed.addresses().has('192.0.2.11'))
  await sleep(6_000)
  t.equal(feed.faults.length, 1)
  t.match(await feed.readings(), { source: 'arp', malformed: 0 })
})

/** The process `ip monitor` that a process has started. */
function monitorOf(parent: number): number | undefined {
  const children = readFileSync(`/proc/${parent}/task/${parent}/children`, 'latin1')
  return children
    .trim()
    .split(' ')
    .map(Number)
    .find((pid) => pid > 0 && commandOf(pid).includes('monitor\0neigh'))
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1')
  } catch {
    return ''
  }
}

function isAlive(pid: number): boolean {
  return commandOf(pid).includes('monitor')
}
