import { parentPort } from 'node:worker_threads'
import { systemClock } from '#platform/clock.ts'
import { lowerPriority } from '#platform/priority.ts'
import { sweepLists } from './list-folder.ts'
import type { FromSupply, ToSupply } from './supply-job.ts'
import { runSupplyJob } from './take-list.ts'

parentPort?.on('message', (message: ToSupply) => {
  switch (message.kind) {
    case 'job': {
      const { job, settings } = message
      // What is to replace a version in force has time; a box that filters by less than it should has none. On Linux the
      // setting holds for this thread alone, and there is no way back up.
      if (job.record.good) lowerPriority('low')
      runSupplyJob(job, settings).then(
        (done) => {
          const told: FromSupply = { list: job.list.id, done }
          parentPort?.postMessage(told)
        },
        (error: unknown) => {
          // It never rejects; if it does, the worker ends and every list is told of it.
          throw error
        },
      )
      return
    }
    case 'sweep':
      sweepLists(message.stateDir, message.keep, systemClock.wallMs())
      return
    case 'end':
      parentPort?.close()
      return
    default:
      message satisfies never
  }
})
