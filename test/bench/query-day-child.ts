/** Feeds the query log days of lookups. Words: folder, lookups a day, days. Prints bytes written, bytes of the log and seconds of CPU for each day. */
import { readFileSync } from 'node:fs'
import { openQueryFile } from '#agent/queries/query-file.ts'
import { QueryFold } from '#agent/queries/query-fold.ts'
import { BATCH_MS } from '#agent/queries/query-row.ts'
import { QueryStore } from '#agent/queries/query-store.ts'
import { makeRandom } from '#test/load/school-lists.ts'

const DAY_MS = 86_400_000
const SCHOOL_MS = 7 * 3_600_000
const DEVICES = 1_200
/** Names that many ask for, the first most; and how many of 100 lookups are of a name that is made up for one client. */
const COMMON_NAMES = 60_000
const OWN_PERCENT = 5

const [folder = '', ...figures] = process.argv.slice(2)
const [lookups = 0, days = 1] = figures.map(Number)
const random = makeRandom(11)
const names = Array.from(
  { length: COMMON_NAMES },
  (_, i) => `host${i}.service${i % 7_000}.example.org`,
)
const devices = Array.from({ length: DEVICES }, (_, i) => `10.20.${i >> 8}.${i & 255}`)

let nowMs = Date.UTC(2026, 10, 23, 8, 30)
const clock = { wallMs: () => nowMs, monotonicMs: () => nowMs }
const store = new QueryStore(openQueryFile(folder), clock)
const fold = new QueryFold()
const perBatch = lookups / (SCHOOL_MS / BATCH_MS)

function nameOf(device: number): string {
  if (random() * 100 < OWN_PERCENT)
    return `x${Math.floor(random() * 1e9)}.d${device}.cdn.example.net`
  return names[Math.floor(COMMON_NAMES * random() ** 4)] ?? ''
}

/** A page is some names, each asked for as A, AAAA and HTTPS. */
function lookUp(): number {
  const device = Math.floor(random() * DEVICES)
  const name = nameOf(device)
  const lookup = { client: devices[device] ?? '', name, category: 'uncategorised' } as const
  for (let type = 0; type < 3; type++) fold.add({ ...lookup, verdict: 'allowed' }, nowMs)
  return 3
}

function writtenBytes(): number {
  return Number(/^write_bytes: (\d+)$/m.exec(readFileSync('/proc/self/io', 'latin1'))?.[1] ?? 0)
}

for (let day = 0; day < days; day++) {
  const [bytesBefore, cpuBefore] = [writtenBytes(), process.cpuUsage().user]
  const startMs = nowMs
  for (let done = 0; nowMs < startMs + SCHOOL_MS; nowMs += BATCH_MS) {
    const due = ((nowMs - startMs) / BATCH_MS + 1) * perBatch
    while (done < due) done += lookUp()
    const batch = fold.take()
    if (batch) store.keep(batch)
    store.expire(DAY_MS)
  }
  const seconds = (process.cpuUsage().user - cpuBefore) / 1e6
  process.stdout.write(`${writtenBytes() - bytesBefore} ${store.bytes} ${seconds}\n`)
  nowMs = startMs + DAY_MS
}
store.close()
