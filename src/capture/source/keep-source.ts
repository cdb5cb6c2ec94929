import { setTimeout as pause } from 'node:timers/promises'
import type { SourceChanged } from '#domain/capture-report.ts'
import type { Clock } from '#platform/clock.ts'
import { restartDelay } from '#platform/restart-delay.ts'
import { isUp } from './interface-state.ts'
import type { PacketSource } from './packet-source.ts'

/** How often an interface that is down is looked at. */
const UP_POLL_MS = 250
const DETAIL_CHARS_MAX = 200
const REOPEN = 'reopen'

export interface KeepOptions {
  readonly interface: string
  readonly source: SourceChanged['source']
  /** May throw, with the reason. */
  readonly open: () => PacketSource
  readonly onChange: (report: SourceChanged) => void
  readonly clock: Clock
}

export interface KeptSource {
  /** Over all times that it was open. */
  readonly dropped: () => number
  /** Opens it anew, with what has changed since. */
  readonly reopen: () => void
  readonly close: () => Promise<void>
}

/** Opens a source as soon as its interface is up, and again whenever it ends: after 1 s, doubling to 30 s. */
export function keepSource({ interface: name, open, clock, ...rest }: KeepOptions): KeptSource {
  const stopping = new AbortController()
  const { signal } = stopping
  const tell = changesOf({ interface: name, ...rest })
  let current: PacketSource | undefined
  let droppedBefore = 0
  let asked = Promise.withResolvers<string>()
  const runOnce = async (): Promise<string> => {
    asked = Promise.withResolvers()
    current = open()
    tell('running', `captures on ${name}`)
    const ending = current
    const why = await Promise.race([ending.ended, asked.promise])
    droppedBefore += ending.dropped()
    current = undefined
    await ending.close()
    return why
  }
  const run = async (): Promise<void> => {
    for (let delayMs = 0; !signal.aborted; ) {
      if (!isUp(name)) {
        tell('down', `${name} is down or not there`)
        // oxlint-disable-next-line no-await-in-loop -- one look after the other is the point
        await wait(UP_POLL_MS, signal)
        continue
      }
      const startedMs = clock.monotonicMs()
      // oxlint-disable-next-line no-await-in-loop -- as above
      const why = await runOnce().catch(reasonOf)
      if (why === REOPEN || signal.aborted) continue
      tell('down', why)
      delayMs = restartDelay(delayMs, clock.monotonicMs() - startedMs)
      // oxlint-disable-next-line no-await-in-loop -- as above
      await wait(delayMs, signal)
    }
  }
  const running = run()
  return {
    dropped: () => droppedBefore + (current?.dropped() ?? 0),
    reopen: () => asked.resolve(REOPEN),
    close: async () => {
      stopping.abort()
      asked.resolve('closed')
      await running
    },
  }
}

type Told = Pick<KeepOptions, 'interface' | 'source' | 'onChange'>

/** Tells each state once. */
function changesOf({
  onChange,
  ...about
}: Told): (state: SourceChanged['state'], detail: string) => void {
  let last = ''
  return (state, detail) => {
    if (last === `${state} ${detail}`) return
    last = `${state} ${detail}`
    onChange({ kind: 'source-changed', ...about, state, detail: detail.slice(0, DETAIL_CHARS_MAX) })
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : 'it cannot be opened'
}

async function wait(ms: number, signal: AbortSignal): Promise<void> {
  await pause(ms, undefined, { signal }).catch(() => undefined)
}
