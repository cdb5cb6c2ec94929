/**
 * The thread that looks at lookups together: it holds ten minutes of each client, in memory alone, and never waits for anything. It
 * may die and be started again: names are answered and events kept without it.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { machineOffsetMs, systemClock } from '#platform/clock.ts'
import { SHIPPED_WEIGHTS } from '#safeguarding/shipped-weights.ts'
import { makeSignalDesk, SIGNAL_DESK_LIMITS } from './signal-desk.ts'
import type { FromSignals, SignalWorkerData, ToSignals } from './signal-messages.ts'
import { SignalRun } from './signal-run.ts'

const TURN_MS = 250

const data: SignalWorkerData = workerData
const run = new SignalRun({
  ...data,
  wallMs: systemClock.wallMs,
  machineMs: () => systemClock.monotonicMs() + machineOffsetMs,
  makeDesk: (parts) =>
    makeSignalDesk({ ...parts, limits: SIGNAL_DESK_LIMITS, weights: SHIPPED_WEIGHTS }),
  tell: (message: FromSignals) => parentPort?.postMessage(message, transferOf(message)),
})
const timer = setInterval(() => run.turn(), TURN_MS)

parentPort?.on('message', (message: ToSignals) => {
  if (message.kind !== 'close') return run.hear(message)
  clearInterval(timer)
  run.end()
  return parentPort?.close()
})

function transferOf(message: FromSignals): readonly ArrayBuffer[] {
  if (message.kind !== 'queries') return []
  const { buffer } = message.batch.rows
  return buffer instanceof ArrayBuffer ? [buffer] : []
}
