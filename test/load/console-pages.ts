/**
 * How long pages take over a full store: `npm run console-pages`. Fills a store with a year of alerts and a school's devices,
 * asks for each page as each role, and prints the median of the time and of the processor's time. Ends with 1 when the
 * latter is over the bar: other work on the machine moves the clock, but not this.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { LinkSampled } from '#domain/event.ts'
import { type CollectorClient, makeEvent, makeStatus } from '#test/support/collector-client.ts'
import { deviceReport, devices } from '#test/support/device-rows.ts'
import { type RunningCollector, runCollector } from '#test/support/running-collector.ts'
import { pathsOf } from './pages/paths.ts'
import { timePage } from './pages/time-page.ts'
import { type Viewer, viewersOf } from './pages/viewers.ts'
import { fillYear, HEAD } from './pages/year-of-alerts.ts'

const SAMPLE_MS = 300_000
const SAMPLES = 288
/** Of devices in one request. */
const PART_ROWS = 400

const { values } = parseArgs({
  options: {
    alerts: { type: 'string', default: '100000' },
    devices: { type: 'string', default: '1000' },
    /** Milliseconds. */
    bar: { type: 'string', default: '200' },
    /** Of which the middle one counts, after one that does not. */
    rounds: { type: 'string', default: '7' },
    /** Only pages whose address begins so. */
    only: { type: 'string', default: '' },
  },
})
const bar = Number(values.bar)
const folder = mkdtempSync(join(tmpdir(), 'edge-pages-'))
try {
  const stateDir = join(folder, 'c')
  mkdirSync(stateDir, { recursive: true, mode: 0o700 })
  const filled = fillYear(join(stateDir, 'collector.sqlite'), Number(values.alerts), Date.now())
  print('store', `${filled.alerts} alerts, ${filled.events} events, ${values.devices} devices`)
  const collector = await runCollector(folder, { peopleFile: writePeople() })
  try {
    await tellBox(collector.client({ name: 'Large school' }))
    process.exitCode = (await timeAll(collector)) ? 0 : 1
  } finally {
    await collector.close()
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function timeAll(collector: RunningCollector): Promise<boolean> {
  let slow = 0
  for (const viewer of await viewersOf(collector))
    for (const path of await pathsOf(collector, viewer))
      if (path.startsWith(values.only) && !(await timeOne(collector, viewer, path))) slow += 1
  print('slow', `${slow} over ${bar} ms of the processor's time`)
  return slow === 0
}

async function timeOne(
  collector: RunningCollector,
  viewer: Viewer,
  path: string,
): Promise<boolean> {
  const took = await timePage(collector, viewer.cookie, { path, rounds: Number(values.rounds) })
  if (took === undefined) return true
  const isSlow = took.cpuMs > bar
  const figures = `${took.ms.toFixed(1).padStart(8)} ms ${took.cpuMs.toFixed(1).padStart(8)} ms CPU`
  print(
    viewer.name,
    `${figures} ${String(took.bytes).padStart(8)} bytes  ${path}${isSlow ? '  SLOW' : ''}`,
  )
  return !isSlow
}

/** The head is told by the ladder, and so may open what they were told of. */
function writePeople(): string {
  const file = join(folder, 'people.json')
  const email = { host: 'localhost', port: 9, security: 'none', from: 'box@example.org' }
  const people = [
    { id: 'dsl', name: 'The lead', roles: ['dsl'], email: 'dsl@example.org' },
    { id: HEAD, name: 'The head', roles: ['head'], email: 'head@example.org' },
  ]
  const rest = { console: 'http://127.0.0.1:9', 'private-hosts': ['localhost'] }
  writeFileSync(file, JSON.stringify({ ...rest, email, people }))
  return file
}

/** A box that is well, with its devices and a day of its line. */
async function tellBox(box: CollectorClient): Promise<void> {
  await box.postStatus(makeStatus(box.appliance))
  const rows = devices(Number(values.devices))
  const series = crypto.randomUUID()
  for (let part = 0; part * PART_ROWS < rows.length; part += 1) {
    const inPart = rows.slice(part * PART_ROWS, (part + 1) * PART_ROWS)
    const isWhole = (part + 1) * PART_ROWS >= rows.length
    const report = deviceReport(box.appliance, inPart, { series, part, isWhole })
    const { status } = await box.postDevices(report)
    if (status !== 204) throw new Error(`devices answered ${status}`)
  }
  const now = Date.now()
  const samples = Array.from({ length: SAMPLES }, (_, index): LinkSampled => {
    const to = now - (SAMPLES - index) * SAMPLE_MS
    const rttMs = { min: 9, mean: 11, max: 20 }
    const probe = { target: '192.0.2.53', probe: 'dns', sent: 30, lost: 0, rttMs } as const
    return { kind: 'link-sampled', from: to - SAMPLE_MS, to, state: 'up', probes: [probe] }
  })
  const events = samples.map((body, index) => makeEvent(body, index + 1, { at: body.to }))
  await box.postBatch(box.batch(events))
}

function print(what: string, text: string): void {
  process.stdout.write(`${what.padEnd(18)}${text}\n`)
}
