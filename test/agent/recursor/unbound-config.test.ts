/** What Unbound is told, judged by its own `unbound-checkconf`, and what it says when it cannot. */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { Faults } from '#agent/faults.ts'
import type { ReadyRecursor, ReadyUpstream } from '#agent/policy/ready-config.ts'
import { Recursor, UNBOUND } from '#agent/recursor/recursor.ts'
import { readRecursorFiles, writeRecursorFiles } from '#agent/recursor/recursor-files.ts'
import { isFailure } from '#domain/failure.ts'
import { systemClock } from '#platform/clock.ts'
import { makeLog } from '#platform/log.ts'
import { shortFolder } from '#test/support/short-folder.ts'

const CHECK = '/usr/sbin/unbound-checkconf'
const skip = existsSync(CHECK) ? false : 'needs unbound-checkconf (Debian package unbound)'

const plain: ReadyRecursor = {
  address: '127.64.0.9',
  port: 5310,
  forwarders: [],
  rootHints: undefined,
  trustAnchors: undefined,
}

function forwarder(more: Partial<ReadyUpstream>): ReadyUpstream {
  return {
    address: '192.0.2.53',
    port: 53,
    transport: 'udp',
    name: '',
    path: '',
    caFile: undefined,
    validates: false,
    ...more,
  }
}

/** Writes all files, and reads single options back through Unbound's own parser. */
async function write(t: Test, recursor: ReadyRecursor) {
  const folder = shortFolder(t)
  const files = await readRecursorFiles(recursor)
  if (isFailure(files)) throw new Error(files.detail)
  await writeRecursorFiles(folder, files)
  const { status, stderr } = spawnSync(CHECK, ['unbound.conf'], { cwd: folder, encoding: 'utf8' })
  t.equal(status, 0, stderr)
  const option = (name: string): readonly string[] =>
    execFileSync(CHECK, ['-o', name, 'unbound.conf'], { cwd: folder, encoding: 'utf8' })
      .trim()
      .split('\n')
      .filter((line) => line !== '')
  const text = readFileSync(join(folder, 'unbound.conf'), 'utf8')
  return { folder, option, text }
}

t.test(
  'Unbound takes it, and reads in it what keeps children and the site safe',
  { skip },
  async (t) => {
    const { option, text } = await write(t, plain)
    const wanted: Readonly<Record<string, string>> = {
      'log-queries': 'no',
      'log-replies': 'no',
      'log-servfail': 'no',
      'log-local-actions': 'no',
      verbosity: '0',
      'val-log-level': '0',
      'use-syslog': 'no',
      'do-daemonize': 'no',
      'val-permissive-mode': 'no',
      'module-config': 'validator iterator',
      'aggressive-nsec': 'yes',
      'qname-minimisation': 'yes',
      'harden-glue': 'yes',
      'harden-dnssec-stripped': 'yes',
      'harden-below-nxdomain': 'yes',
      'do-not-query-localhost': 'yes',
      'serve-expired': 'no',
      'num-threads': '1',
      'edns-buffer-size': '1232',
      'max-udp-size': '1232',
      'control-enable': 'no',
      username: '',
      chroot: '',
      pidfile: '',
      ede: 'yes',
    }
    for (const [name, value] of Object.entries(wanted)) t.equal(option(name).join(), value, name)
    t.strictSame(option('interface'), ['127.64.0.9@5310'])
    t.strictSame(option('access-control'), ['127.0.0.0/8 allow', '::/0 refuse', '0.0.0.0/0 refuse'])
    t.ok(option('do-not-query-address').includes('192.168.0.0/16'), 'nobody asks the site')
    t.notMatch(text, /forward-zone/)
    t.notMatch(text, /\{\{|\}\}/, 'every value is filled in')
  },
)

t.test('upstreams become forwarders, over the transport that they have', { skip }, async (t) => {
  const udp = [forwarder({}), forwarder({ address: '2001:db8::53', port: 5353 })]
  const overUdp = await write(t, { ...plain, forwarders: udp })
  t.match(overUdp.text, /forward-addr: 192\.0\.2\.53@53\n {2}forward-addr: 2001:db8::53@5353\n/)
  t.match(overUdp.text, /name: "\."\n {2}forward-first: no\n/, 'and nobody else is asked')
  t.notMatch(overUdp.text, /forward-(tls|tcp)-upstream/)
  t.strictSame(overUdp.option('do-not-query-address'), [], 'a provider may be of the site')
  const tcp = await write(t, { ...plain, forwarders: [forwarder({ transport: 'tcp' })] })
  t.match(tcp.text, /forward-tcp-upstream: yes/)
  const named = { transport: 'dot', port: 853, name: 'dns.example.org' } as const
  const tls = await write(t, { ...plain, forwarders: [forwarder(named)] })
  t.match(
    tls.text,
    /forward-tls-upstream: yes\n {2}forward-addr: 192\.0\.2\.53@853#dns\.example\.org/,
  )
  t.strictSame(tls.option('tls-cert-bundle'), ['authorities.pem'])
  const pem = readFileSync(join(tls.folder, 'authorities.pem'), 'utf8')
  t.ok(pem.split('BEGIN CERTIFICATE').length > 50, 'those that the agent believes itself')
  const near = await write(t, { ...plain, forwarders: [forwarder({ address: '127.0.0.53' })] })
  t.strictSame(near.option('do-not-query-localhost'), ['no'])
})

t.test('no file name of the configuration reaches Unbound', { skip }, async (t) => {
  const folder = shortFolder(t)
  const odd = join(folder, 'a"b\\ c#.txt')
  writeFileSync(odd, '. 3600 IN NS ns.\nns. 3600 IN A 127.0.0.9\n')
  const { text, option } = await write(t, { ...plain, rootHints: odd })
  t.notMatch(text, /a"b/)
  t.strictSame(option('root-hints'), ['root.hints'])
  t.strictSame(option('do-not-query-localhost'), ['no'], 'the hints lead to this machine')
  t.strictSame(option('do-not-query-address'), [])
})

t.test(
  "anchors are the root's own unless others are named, and are kept apart",
  { skip },
  async (t) => {
    const own = await readRecursorFiles(plain)
    const folder = shortFolder(t)
    writeFileSync(join(folder, 'other'), '. IN DS 1 8 2 00\n')
    const other = await readRecursorFiles({ ...plain, trustAnchors: join(folder, 'other') })
    if (isFailure(own) || isFailure(other)) throw new Error('unreadable')
    t.match(own.anchors, /20326|AwEAAaz\/tAm8yTn4Mfeh5eyI96WSVexTBAvkMgJzkKTOiW1vkIbzxeF3/)
    t.equal(other.anchors, '. IN DS 1 8 2 00\n')
    t.not(own.anchorsFile, other.anchorsFile)
    const missing = await readRecursorFiles({ ...plain, rootHints: '/not/there' })
    t.match(missing, {
      failure: 'unreadable',
      detail: 'recursor.root-hints: /not/there: no such file',
    })
  },
)

/** A recursor without an agent, until it says how it is. */
async function failing(t: Test, program: string, port: number): Promise<string> {
  const recursor = new Recursor({
    stateDir: shortFolder(t),
    program,
    clock: systemClock,
    log: makeLog('test', 'silent'),
    faults: new Faults(systemClock),
  })
  recursor.use({ recursor: { ...plain, address: '127.0.0.1', port } })
  await recursor.settled
  for (let i = 0; i < 200 && recursor.status().state !== 'failing'; i++) await sleep(25)
  const { state, detail } = recursor.status()
  await recursor.close()
  t.equal(state, 'failing')
  t.notOk(recursor.isUp)
  return detail
}

t.test('where it cannot run the reason is one line, with what to do', { skip }, async (t) => {
  const missing = await failing(t, '/nowhere/unbound', 5310)
  t.equal(missing, '/nowhere/unbound is not there: install the Debian package unbound')
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const bound = server.address()
  const port = typeof bound === 'object' && bound ? bound.port : 0
  t.match(
    await failing(t, UNBOUND, port),
    /^Unbound cannot start: .*[Aa]ddress already in use.*; it is tried again every 30 s$/,
  )
})
