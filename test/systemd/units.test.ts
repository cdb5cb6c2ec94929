import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { FIREWALL_TABLE } from '#agent/firewall/make-rules.ts'
import { KEPT_RULES } from '#cli/kept-rules.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const UNITS = join(ROOT, 'systemd')
const INSTALLED = '/usr/lib/supercloud-edge'
/** Tenths of systemd's exposure level. */
const THRESHOLD = 18
/** Of the agent that is passed its sockets. */
const WITHOUT_PRIVILEGE = 17

const SOCKET = 'supercloud-edge-agent.socket'
const DROP_IN = 'supercloud-edge-agent.service.d/sockets.conf'
/** It runs nft and nothing of ours. */
const FIREWALL = 'supercloud-edge-firewall.service'
const units = readdirSync(UNITS).filter((file) => file.endsWith('.service'))
const programs = units.filter((unit) => unit !== FIREWALL)
const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0
const skip = hasSystemd ? false : 'needs the package systemd'

function analyze(...words: readonly string[]) {
  const { status, stdout, stderr } = spawnSync('systemd-analyze', ['--no-pager', ...words], {
    encoding: 'utf8',
  })
  return { status, text: `${stdout}${stderr}` }
}

t.test('there is a unit for the agent, the capture, the collector and the firewall', (t) => {
  t.strictSame(units, [
    'supercloud-edge-agent.service',
    'supercloud-edge-capture.service',
    'supercloud-edge-collector.service',
    FIREWALL,
  ])
  t.end()
})

t.test('systemd finds no fault in the units', { skip }, (t) => {
  // The program is not installed here, so the copy that is looked at names this checkout.
  const folder = t.testdir({})
  for (const unit of units) {
    const text = readFileSync(join(UNITS, unit), 'utf8')
    writeFileSync(join(folder, unit), text.replaceAll(INSTALLED, ROOT))
    const { status, text: said } = analyze('verify', '--man=no', join(folder, unit))
    t.equal(status, 0, unit, { said })
    t.equal(said.trim(), '', `${unit}: not even a warning`)
  }
  t.end()
})

t.test('no unit is more exposed than 1.8', { skip }, (t) => {
  for (const unit of units) {
    const path = join(UNITS, unit)
    const { status, text } = analyze('security', '--offline=true', `--threshold=${THRESHOLD}`, path)
    t.equal(status, 0, text.split('\n').findLast((line) => line.includes('Overall')) ?? text)
  }
  t.end()
})

t.test('what the program needs of its unit stands there', (t) => {
  for (const unit of programs) {
    const text = readFileSync(join(UNITS, unit), 'utf8')
    const part = /supercloud-edge-(\w+)\./.exec(unit)?.[1]
    t.match(text, new RegExp(`^ExecStart=${INSTALLED}/.*/main\\.ts ${part}( --socket \\S+)?$`, 'm'))
    t.notMatch(text, /^MemoryDenyWriteExecute=/m, 'V8 could not compile')
    t.match(text, /^Environment=NODE_COMPILE_CACHE=\/var\/cache\/supercloud-edge\//m)
    t.match(text, /^StateDirectory=supercloud-edge$/m)
    if (part !== 'capture') t.match(text, /^RestartPreventExitStatus=78$/m)
    t.equal(/CAP_NET_BIND_SERVICE/.test(text), part === 'agent', 'only the agent binds port 53')
    t.equal(/^SystemCallFilter=~capset:0$/m.test(text), part === 'agent', '`ip` ends without')
    t.equal(
      /CAP_NET_RAW|AF_PACKET/.test(text),
      part === 'capture',
      'and only the capture reads packets',
    )
  }
  t.end()
})

t.test(
  'the firewall has one right, one file, and its place between others and the network',
  (t) => {
    const text = readFileSync(join(UNITS, FIREWALL), 'utf8')
    const has = (line: string): boolean => t.ok(text.split('\n').includes(line), line)
    has(`ConditionPathExists=${KEPT_RULES}`)
    for (const when of ['Start', 'Reload']) has(`Exec${when}=/usr/sbin/nft -f ${KEPT_RULES}`)
    has(`ExecStop=-/usr/sbin/nft delete table inet ${FIREWALL_TABLE}`)
    has('CapabilityBoundingSet=CAP_NET_ADMIN')
    has('Before=network-pre.target shutdown.target')
    for (const what of ['After', 'PartOf', 'ReloadPropagatedFrom']) has(`${what}=nftables.service`)
    has('WantedBy=sysinit.target')
    t.end()
  },
)

t.test(
  'under socket activation the agent has no privilege, and no unit has a fault',
  { skip },
  (t) => {
    const folder = t.testdir({ 'supercloud-edge-agent.service.d': {} })
    for (const file of [...units, SOCKET, DROP_IN]) {
      const text = readFileSync(join(UNITS, file), 'utf8')
      writeFileSync(join(folder, file), text.replaceAll(INSTALLED, ROOT))
    }
    for (const unit of [SOCKET, 'supercloud-edge-agent.service']) {
      const { status, text: said } = analyze('verify', '--man=no', join(folder, unit))
      t.equal(status, 0, unit, { said })
      t.equal(said.trim(), '', `${unit}: not even a warning`)
    }
    const whole = join(folder, 'whole.service')
    const parts = ['supercloud-edge-agent.service', DROP_IN].map((file) =>
      readFileSync(join(folder, file), 'utf8'),
    )
    writeFileSync(whole, parts.join('\n'))
    const { status, text } = analyze(
      'security',
      '--offline=true',
      `--threshold=${WITHOUT_PRIVILEGE}`,
      whole,
    )
    t.equal(status, 0, text.split('\n').findLast((line) => line.includes('Overall')) ?? text)
    for (const what of ['AmbientCapabilities', 'CapabilityBoundingSet'])
      t.match(
        parts[1],
        new RegExp(`^${what}=$`, 'm'),
        'an empty value takes back what stood before',
      )
    t.end()
  },
)

t.test('the socket unit has UDP and TCP of both families, with room for what waits', (t) => {
  const text = readFileSync(join(UNITS, SOCKET), 'utf8')
  for (const kind of ['Datagram', 'Stream'])
    for (const address of ['0.0.0.0:53', '[::]:53'])
      t.ok(text.includes(`\nListen${kind}=${address}\n`), `${kind} ${address}`)
  t.match(text, /^ReceiveBuffer=8M$/m)
  t.match(text, /^BindIPv6Only=ipv6-only$/m, 'else the sockets for IPv4 could not be bound')
  t.match(text, /^Service=supercloud-edge-agent\.service$/m)
  t.end()
})
