/** What a school day of lookups writes to the disk: a process of its own feeds the log, by its own clock, and reads /proc/self/io. */
import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Report } from './report.ts'

const CHILD = join(import.meta.dirname, 'query-day-child.ts')
const MIB = 1_048_576
/** A figure of the child: of each day. */
const DAYS = 2

export function benchQueries(
  report: Report,
  { folder, quick }: { readonly folder: string; readonly quick: boolean },
): void {
  report.heading('The query log')
  const home = join(folder, 'query-day')
  mkdirSync(home)
  const lookups = quick ? 300_000 : 6_000_000
  const words = [CHILD, home, String(lookups), String(DAYS)]
  const said = execFileSync(process.execPath, words, { encoding: 'utf8' })
  report.text(
    `Two school days of ${lookups} lookups by 1,200 devices in seven hours, kept for one day, so that on the second what is a day old is deleted all the time. Requirement: at most 1024 MiB a day.`,
  )
  report.table(
    ['day', 'MiB written', 'MiB of the log', 'seconds of CPU'],
    said
      .trim()
      .split('\n')
      .map((line, i) => {
        const [written = 0, size = 0, seconds = 0] = line.split(' ').map(Number)
        return [
          String(i + 1),
          (written / MIB).toFixed(0),
          (size / MIB).toFixed(0),
          seconds.toFixed(1),
        ]
      }),
  )
}
