import { once } from 'node:events'
import { join } from 'node:path'
import { type CaptureLab, until } from '#test/support/capture-lab.ts'

const LOOP = join(import.meta.dirname, 'dns-loop-child.ts')
export const BLOCKED_NAME = 'blocked.test'
export const LOOP_PORTS = { agent: 5300, upstream: 5301 } as const

export interface LoopTold {
  readonly asked: number
  readonly lost: number
  /** What was answered otherwise than it has to be; a few. */
  readonly wrong: readonly string[]
  /** How often the upstream was asked for the name that the cache has. */
  readonly cachedAsked: number
  readonly slowestMs: number
}

export interface DnsLoop {
  readonly begin: () => void
  readonly end: () => Promise<LoopTold>
}

/** The upstream of an agent in the box, which asks that agent from `begin` on, until the end. */
export async function startDnsLoop(lab: CaptureLab): Promise<DnsLoop> {
  const { agent, upstream } = LOOP_PORTS
  const loop = lab.inBox([process.execPath, LOOP, String(agent), String(upstream)])
  let said = ''
  for (const stream of [loop.stdout, loop.stderr])
    stream?.on('data', (part) => (said += String(part)))
  await until('the upstream', () => said.includes('ready'))
  return {
    begin: () => loop.stdin?.write('begin\n'),
    end: async () => {
      loop.kill('SIGTERM')
      await once(loop, 'close')
      return JSON.parse(said.split('\n')[1] ?? '{}')
    },
  }
}
