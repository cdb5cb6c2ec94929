/** A box and a device on one wire: two network namespaces, a veth pair between them, and a program that sends raw packets. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import { findCaptureTools } from '#platform/capture-tools.ts'
import { pcapFile } from './packets.ts'

const SENDER_SOURCE = join(import.meta.dirname, 'send-packets.c')
let labs = 0
const UNTIL_MS = 30_000
const POLL_MS = 20

export interface Sent {
  readonly sent: number
  readonly failed: number
  readonly tookMs: number
}

export interface CaptureLab {
  readonly folder: string
  /** In the namespace of the box; it ends with the test. */
  readonly inBox: (words: readonly string[]) => ChildProcess
  /** What a program prints there. */
  readonly saidInBox: (words: readonly string[]) => string
  readonly run: (command: string) => void
  /** Of the device, over the wire. */
  readonly send: (
    packets: readonly Buffer[],
    how?: { readonly perSecond?: number; readonly count?: number; readonly isSpoofed?: boolean },
  ) => Promise<Sent>
  readonly flap: (times: number, everyMs: number) => Promise<void>
}

/** Why there can be none here; false where there can. */
export function noLab(): string | false {
  if (process.getuid?.() !== 0) return 'network namespaces take root'
  for (const [tool, debianPackage] of [
    ['ip', 'iproute2'],
    ['cc', 'g++'],
  ] as const)
    if (spawnSync('which', [tool]).status !== 0)
      return `${tool} is missing: install the Debian package ${debianPackage}`
  const { tcpdump, cap } = findCaptureTools()
  if (tcpdump === undefined) return 'tcpdump is missing: install the Debian package tcpdump'
  if (cap === undefined)
    return 'the addon cap is not built: install the Debian package libpcap-dev, then npm rebuild'
  const name = `capture-try-${process.pid}`
  if (spawnSync('ip', ['netns', 'add', name]).status !== 0) return 'no network namespaces here'
  spawnSync('ip', ['netns', 'del', name])
  return false
}

/** The box has 192.0.2.2 and 2001:db8::2 on cap0. */
export function makeLab(t: Test): CaptureLab {
  const folder = mkdtempSync(join(tmpdir(), 'edge-capture-'))
  const box = `capture-box-${process.pid}-${labs}`
  const device = `capture-dev-${process.pid}-${labs++}`
  const ip = (text: string): void => {
    execFileSync('ip', text.split(' '), { stdio: ['ignore', 'ignore', 'pipe'] })
  }
  const children: ChildProcess[] = []
  t.teardown(async () => {
    for (const child of children) await end(child)
    ip(`netns del ${box}`)
    ip(`netns del ${device}`)
    rmSync(folder, { recursive: true, force: true })
  })
  ip(`netns add ${box}`)
  ip(`netns add ${device}`)
  ip(`link add cap0 netns ${box} type veth peer name cap1 netns ${device}`)
  for (const text of [
    'link set lo up',
    'addr add 192.0.2.2/24 dev cap0',
    'addr add 2001:db8::2/64 dev cap0 nodad',
    'link set cap0 up',
  ])
    ip(`-n ${box} ${text}`)
  ip(`-n ${device} link set cap1 up`)
  const sender = join(folder, 'send-packets')
  execFileSync('cc', ['-O2', '-o', sender, SENDER_SOURCE])
  let files = 0
  return {
    folder,
    run: (text) => ip(`-n ${box} ${text}`),
    saidInBox: (words) =>
      execFileSync('ip', ['netns', 'exec', box, ...words], { encoding: 'utf8' }),
    inBox: (words) => {
      const child = spawn('ip', ['netns', 'exec', box, ...words], {
        stdio: ['pipe', 'pipe', 'pipe'],
        env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] },
      })
      child.stdin?.on('error', () => undefined)
      children.push(child)
      return child
    },
    send: async (packets, { perSecond = 2000, count = packets.length, isSpoofed = false } = {}) => {
      const file = join(folder, `packets-${files++}.pcap`)
      writeFileSync(file, pcapFile(packets, { isLittle: true }))
      const words = [
        sender,
        'cap1',
        file,
        String(perSecond),
        String(count),
        ...(isSpoofed ? ['spoof'] : []),
      ]
      const child = spawn('ip', ['netns', 'exec', device, ...words], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      let said = ''
      child.stdout.on('data', (part) => (said += String(part)))
      await once(child, 'close')
      const [sent = 0, failed = 0, tookMs = 0] = said.split(' ').map(Number)
      return { sent, failed, tookMs }
    },
    flap: async (times, everyMs) => {
      for (let i = 0; i < times; i++) {
        ip(`-n ${box} link set cap0 down`)
        await sleep(everyMs)
        ip(`-n ${box} link set cap0 up`)
        await sleep(everyMs)
      }
      ip(`-n ${box} addr replace 2001:db8::2/64 dev cap0 nodad`)
    },
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const closed = once(child, 'close')
  child.kill('SIGTERM')
  const killer = setTimeout(() => child.kill('SIGKILL'), 5000)
  await closed
  clearTimeout(killer)
}

/** Waits until something holds; throws with what was waited for. */
export async function until(
  what: string,
  holds: () => boolean,
  withinMs: number = UNTIL_MS,
): Promise<number> {
  const startedMs = performance.now()
  while (!holds()) {
    if (performance.now() - startedMs > withinMs) throw new Error(`waited in vain for ${what}`)
    await sleep(POLL_MS)
  }
  return performance.now() - startedMs
}
