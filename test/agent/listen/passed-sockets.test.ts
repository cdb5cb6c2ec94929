/** Sockets that were open before the agent began: taken, matched, and not handed on. */

import { spawn } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { loadLibc } from '#platform/ffi/libc.ts'
import { rawQuery } from '#test/fuzz/raw-query.ts'
import { metricsOf, startAgentProcess } from '#test/support/agent-process.ts'
import {
  type BoundSocket,
  type BoundSocketOptions,
  openBoundSocket,
} from '#test/support/bound-sockets.ts'
import { ask, askRaw, rcodeOf } from '#test/support/dns-client.ts'
import { freeDnsPort } from '#test/support/free-port.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import { wireName } from '#test/support/wire-name.ts'

const skip = loadLibc() ? false : 'needs Linux on x64 or arm64 and the optional package koffi'
const NETWORKS = {
  networks: [
    { cidr: '127.0.0.0/8', group: 'staff' },
    { cidr: '::1/128', group: 'staff' },
  ],
}

function open(t: Test, options: BoundSocketOptions): BoundSocket {
  const socket = openBoundSocket(options)
  t.teardown(() => socket.close())
  return socket
}

/** Inodes of the sockets that a process has. */
function socketsOf(pid: number): readonly string[] {
  const folder = `/proc/${pid}/fd`
  return readdirSync(folder).flatMap((fd) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(join(folder, fd)))?.[1] ?? []
    } catch {
      return []
    }
  })
}

const inodeOf = ({ fd }: BoundSocket): string =>
  /\d+/.exec(readlinkSync(`/proc/self/fd/${fd}`))?.[0] ?? ''

for (const udp of ['batch', 'node'] as const)
  t.test(
    `${udp}: UDP and TCP on passed sockets, whether or not their calls wait`,
    { skip },
    async (t) => {
      const port = await freeDnsPort()
      const passed = (['127.0.0.1', '::1'] as const).flatMap((address) =>
        (['udp', 'tcp'] as const).map((kind) =>
          open(t, { kind, address, port, isNonBlocking: address === '127.0.0.1' }),
        ),
      )
      const early = askRaw(Buffer.from(rawQuery(wireName('localhost'), 1).bytes), {
        port,
        timeoutMs: 60_000,
      })
      const agent = await startAgentProcess({
        folder: shortFolder(t),
        upstreamPorts: [],
        udp,
        port,
        passed: passed.map(({ fd }) => fd),
        config: NETWORKS,
      })
      t.teardown(() => agent.stop())
      t.ok(await early, 'what was asked before it began is answered')
      for (const address of ['127.0.0.1', '::1'])
        for (const transport of ['udp', 'tcp'] as const)
          t.equal(rcodeOf(await ask('localhost', 'A', { port, address, transport })), 0)
      const held = socketsOf(agent.pid)
      for (const socket of passed) t.ok(held.includes(inodeOf(socket)), 'the very sockets')
      t.match(await metricsOf(agent), /^edge_udp_kernel_drops_total 0$/m)
      const cpu = (): number => {
        const fields = readFileSync(`/proc/${agent.pid}/stat`, 'latin1').split(') ')[1]?.split(' ')
        return Number(fields?.[11]) + Number(fields?.[12])
      }
      await sleep(1_500)
      const before = cpu()
      await sleep(1_000)
      t.ok(cpu() - before < 30, `at rest it takes ${cpu() - before} hundredths of a second`)
      await agent.stop()
      t.equal(
        await askRaw(Buffer.from(rawQuery(wireName('localhost'), 1).bytes), {
          port,
          timeoutMs: 200,
        }),
        undefined,
      )
    },
  )

t.test('only what was passed is taken; the rest it binds by itself', { skip }, async (t) => {
  const port = await freeDnsPort()
  const socket = open(t, { kind: 'udp', address: '127.0.0.1', port })
  const agent = await startAgentProcess({
    folder: shortFolder(t),
    upstreamPorts: [],
    port,
    passed: [socket.fd],
    config: NETWORKS,
  })
  t.teardown(() => agent.stop())
  for (const address of ['127.0.0.1', '::1'])
    for (const transport of ['udp', 'tcp'] as const)
      t.equal(rcodeOf(await ask('localhost', 'A', { port, address, transport })), 0)
})

t.test('one IPv6 socket that takes IPv4 too knows its clients', { skip }, async (t) => {
  const port = await freeDnsPort()
  const sockets = (['udp', 'tcp'] as const).map((kind) =>
    open(t, { kind, address: '::', port, isDual: true }),
  )
  const agent = await startAgentProcess({
    folder: shortFolder(t),
    upstreamPorts: [],
    port,
    addresses: ['::'],
    passed: sockets.map(({ fd }) => fd),
    config: {
      networks: [
        { cidr: '127.0.0.0/8', group: 'ks3' },
        { cidr: '::1/128', group: 'staff' },
      ],
      deny: [{ name: 'blocked.test', reason: 'a name that is denied to some', groups: ['ks3'] }],
    },
    untilBlocked: 'blocked.test',
  })
  t.teardown(() => agent.stop())
  for (const transport of ['udp', 'tcp'] as const) {
    t.equal(rcodeOf(await ask('blocked.test', 'A', { port, transport })), 3, `${transport} IPv4`)
    t.not(rcodeOf(await ask('blocked.test', 'A', { port, address: '::1', transport })), 3)
  }
})

t.test(
  'a passed socket that no endpoint names keeps the agent from starting',
  { skip },
  async (t) => {
    const port = await freeDnsPort()
    const socket = open(t, { kind: 'udp', address: '0.0.0.0', port })
    const start = startAgentProcess({
      folder: shortFolder(t),
      upstreamPorts: [],
      port,
      passed: [socket.fd],
      environment: { LISTEN_FDNAMES: 'dns\u001b[2J' },
    })
    const why = await start.then(() => '', String)
    t.match(
      why,
      `descriptor 3 "dns\\u001b[2J" was passed (LISTEN_FDS) and is udp 0.0.0.0 port ${port}, which listen.dns does not name; allowed: 127.0.0.1 port ${port}, ::1 port ${port}`,
    )
  },
)

t.test('what is no socket, or no number of sockets, is told', { skip }, async (t) => {
  const file = await startAgentProcess({
    folder: shortFolder(t),
    upstreamPorts: [],
    environment: { LISTEN_FDS: '1' },
  }).then(() => '', String)
  t.match(
    file,
    'descriptor 3 "" was passed (LISTEN_FDS) and is no UDP socket and no listening TCP socket',
  )
  const count = await startAgentProcess({
    folder: shortFolder(t),
    upstreamPorts: [],
    environment: { LISTEN_FDS: '65' },
  }).then(() => '', String)
  t.match(count, 'LISTEN_FDS: found "65"; allowed: 0 to 64')
})

t.test(
  'sockets for another process are left alone, and the variables are gone',
  { skip },
  async (t) => {
    const script = `
    import { takePassedDescriptors } from '#platform/passed-descriptors.ts'
    const mine = takePassedDescriptors()
    process.stdout.write(JSON.stringify([mine, Object.keys(process.env).filter((name) => name.startsWith('LISTEN'))]))`
    const run = (pid: string, count = '2'): Promise<string> =>
      new Promise((resolve) => {
        const shell = `LISTEN_PID=${pid} LISTEN_FDS=${count} LISTEN_FDNAMES=a:b exec "$0" "$@"`
        const words = ['--input-type=module', '--eval', script]
        const child = spawn('/bin/sh', ['-c', shell, process.execPath, ...words], {
          cwd: join(import.meta.dirname, '../../..'),
          stdio: ['ignore', 'pipe', 'inherit'],
        })
        let said = ''
        child.stdout.on('data', (part) => (said += String(part)))
        child.once('close', () => resolve(said))
      })
    t.equal(await run('1'), '[[],[]]')
    for (const count of ['many', '-1', '1e1', '65'])
      t.match(await run('$$', count), `LISTEN_FDS: found \\"${count}\\"; allowed: 0 to 64`)
    t.equal(await run('$$'), '[[{"fd":3,"name":"a"},{"fd":4,"name":"b"}],[]]')
  },
)

t.test('no child process inherits the sockets', { skip }, async (t) => {
  const port = await freeDnsPort()
  const socket = open(t, { kind: 'udp', address: '127.0.0.1', port })
  const script = `
    import { execFileSync } from 'node:child_process'
    process.stdout.write(execFileSync('ls', ['-l', '/proc/self/fd']))`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit', socket.fd],
  })
  let said = ''
  child.stdout?.on('data', (part) => (said += String(part)))
  await new Promise((resolve) => child.once('close', resolve))
  t.match(said, '/proc/')
  t.notMatch(said, `socket:[${inodeOf(socket)}]`)
})
