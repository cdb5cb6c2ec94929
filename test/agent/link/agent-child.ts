/** An outbox and a link monitor as the agent runs them; every event goes to standard output, one JSON line each. */
import { readFileSync } from 'node:fs'
import { DEFAULT_LINK_LIMITS } from '#agent/link/link-limits.ts'
import { startLinkMonitor } from '#agent/link/link-monitor.ts'
import { systemClock } from '#platform/clock.ts'
import { makeLog } from '#platform/log.ts'
import { openOutbox } from '../outbox/outbox-support.ts'

const { stateDir, keyFile, upstreams, targets } = JSON.parse(process.argv[2] ?? '{}')
const outbox = await openOutbox(stateDir, { keyPem: readFileSync(keyFile, 'utf8') })
startLinkMonitor({
  upstreams,
  targets,
  intervalMs: 500,
  probeName: '.',
  previousRun: outbox.previousRun(),
  emit: (draft) => {
    process.stdout.write(`${JSON.stringify(draft.body)}\n`)
    outbox.emit(draft)
  },
  clock: systemClock,
  limits: { ...DEFAULT_LINK_LIMITS, timeoutMs: 300, reprobeMs: 100 },
  log: makeLog('link', 'silent'),
})
