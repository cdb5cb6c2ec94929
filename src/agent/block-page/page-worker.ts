/** The block page in a thread of its own, below the priority of the one that answers names. */
import { parentPort, workerData } from 'node:worker_threads'
import { systemClock } from '#platform/clock.ts'
import { lowerPriority } from '#platform/priority.ts'
import { makeAskAgent } from './ask-agent.ts'
import {
  type FromPage,
  noPageCounts,
  type PageOutcome,
  type PageSettings,
  type PageWords,
  type ToPage,
} from './page-messages.ts'
import { PageService } from './page-service.ts'
import type { PageFrame } from './render-layout.ts'
import { makeServePage } from './serve-page.ts'
import { LANGUAGES } from './wording/languages.ts'

const COUNTS_EVERY_MS = 1_000

function run(settings: PageSettings): void {
  lowerPriority('below-normal')
  const agent = makeAskAgent(post)
  let frame: PageFrame = frameOf(settings)
  parentPort?.on('message', (message: ToPage) => {
    if (message.kind === 'words') frame = frameOf(message)
    else agent.take(message)
  })
  const count = startCounting()
  const { wallMs, monotonicMs } = systemClock
  const serve = makeServePage({ agent, frame: () => frame, count, monotonicMs })
  const service = new PageService({
    settings,
    serve,
    count,
    wallMs,
    onState: (parts) => post({ kind: 'state', parts }),
  })
  service.start().catch((error: unknown) => {
    throw error
  })
}

function post(message: FromPage): void {
  parentPort?.postMessage(message)
}

function frameOf({ language, school, contact }: PageWords): PageFrame {
  return { words: LANGUAGES[language], school, contact }
}

function startCounting(): (outcome: PageOutcome) => void {
  let counts = noPageCounts()
  let isAny = false
  setInterval(() => {
    if (!isAny) return
    post({ kind: 'counts', counts })
    counts = noPageCounts()
    isAny = false
  }, COUNTS_EVERY_MS)
  return (outcome) => {
    counts[outcome]++
    isAny = true
  }
}

const settings: PageSettings = workerData
run(settings)
