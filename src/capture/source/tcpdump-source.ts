import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { boundToParent } from '#platform/bound-to-parent.ts'
import type { Clock } from '#platform/clock.ts'
import { type PacketSource, SNAP_BYTES, type TakePacket } from './packet-source.ts'
import { makePcapReader } from './pcap-stream.ts'

export interface TcpdumpOptions {
  readonly program: string
  readonly interface: string
  readonly filter: string
  readonly clock: Clock
}

/** The kernel's buffer, in KiB. */
const KERNEL_BUFFER_KIB = 4096
/** How often it is asked what the kernel has dropped. */
const COUNTS_EVERY_MS = 2000
const SAID_CHARS_MAX = 2000
const LISTENING = /listening on /
const DROPPED = /(\d+) packets? dropped by kernel/g
const STOP_MS = 500
const ENVIRONMENT = { LANG: 'C', PATH: '/usr/sbin:/usr/bin:/sbin:/bin' }

/**
 * tcpdump as a child that writes what it captures to a pipe. Slow reading makes it wait and the kernel drop and count; nothing piles up
 * here. It does not change its user: it has no more rights than this process, and could not.
 */
export function openTcpdump(options: TcpdumpOptions, take: TakePacket): PacketSource {
  const child = spawnTcpdump(options)
  const ended = Promise.withResolvers<string>()
  let said = ''
  let dropped = 0
  const reader = makePcapReader({
    onPacket: (bytes, length, linkType) =>
      take(bytes, length, linkType, options.clock.monotonicMs()),
    onBroken: (why) => {
      ended.resolve(why)
      child.kill('SIGKILL')
    },
  })
  child.stdout?.on('data', (chunk: Buffer) => reader.push(chunk))
  child.stderr?.on('data', (part) => {
    said = `${said}${part}`.slice(-SAID_CHARS_MAX)
    for (const [, count] of said.matchAll(DROPPED)) dropped = Math.max(dropped, Number(count))
  })
  // Before it says that it listens, the signal would end it.
  const asking = setInterval(() => LISTENING.test(said) && child.kill('SIGUSR1'), COUNTS_EVERY_MS)
  child.once('error', (error) => ended.resolve(error.message))
  // The watcher that binds it to this process waits for the end of that pipe.
  child.once('exit', () => child.stdio[3]?.destroy())
  child.once('close', (code, signal) => {
    clearInterval(asking)
    ended.resolve(reasonOf(said) ?? `tcpdump ended (${signal ?? `exit code ${code}`})`)
  })
  return { ended: ended.promise, dropped: () => dropped, close: () => stop(child) }
}

function spawnTcpdump(options: TcpdumpOptions): ChildProcess {
  const { program, interface: name, filter } = options
  const kept = process.getuid?.() === 0 ? ['-Z', 'root'] : []
  const words = ['-i', name, '-n', '-U', '-s', String(SNAP_BYTES), '-B', String(KERNEL_BUFFER_KIB)]
  const bound = boundToParent(program, [...words, ...kept, '-w', '-', filter])
  // As BOUND_STDIO, but with its output.
  return spawn(bound.program, [...bound.args], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    env: ENVIRONMENT,
  })
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const closed = once(child, 'close')
  const killer = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
  child.kill('SIGTERM')
  await closed
  clearTimeout(killer)
}

/** The last line that says what is wrong. */
function reasonOf(said: string): string | undefined {
  const line = said
    .split('\n')
    .findLast((one) => one.startsWith('tcpdump: ') && !LISTENING.test(one))
  return line?.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 200)
}
