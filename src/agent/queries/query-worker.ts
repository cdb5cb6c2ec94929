/** The thread that writes the query log, and may wait for the disk. A fault of this program ends it; another is started. */
import { parentPort, workerData } from 'node:worker_threads'
import { systemClock } from '#platform/clock.ts'
import { makeLog } from '#platform/log.ts'
import { QueryKeeper } from './query-keeper.ts'
import type { FromQueries, QueryWorkerData, ToQueries } from './query-messages.ts'
import { BATCH_MS } from './query-row.ts'

const data: QueryWorkerData = workerData
const keeper = new QueryKeeper({
  ...data,
  clock: systemClock,
  log: makeLog('queries', data.logLevel),
})
const tell = (message: FromQueries): void => parentPort?.postMessage(message, [])

const look = (): void => {
  keeper.look()
  tell({ kind: 'state', readings: keeper.readings() })
}
const timer = setInterval(look, BATCH_MS)

function take(message: ToQueries): void {
  switch (message.kind) {
    case 'keep':
      keeper.keep(message.batch)
      return tell({ kind: 'kept', readings: keeper.readings() })
    case 'ask':
      return tell({ kind: 'answer', ask: message.ask, answer: keeper.find(message.filter) })
    case 'use':
      keeper.use(message.settings)
      return tell({ kind: 'state', readings: keeper.readings() })
    case 'close':
      clearInterval(timer)
      keeper.close()
      return parentPort?.close()
    default:
      return message satisfies never
  }
}

parentPort?.on('message', take)
look()
