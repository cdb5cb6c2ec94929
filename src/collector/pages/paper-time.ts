import type { PlainTime } from '#console/present/plain-time.ts'
import { fill } from '#console/words/fill.ts'
import { time as words } from '#console/words/time.ts'

/** Times as they stand on paper, which is read later: with the whole date, and never "today". */
export function paperTime(time: PlainTime): PlainTime {
  return {
    ...time,
    at: (ms) => {
      const values = { day: time.date(ms), clock: time.clock(ms) }
      const text = fill(words.at, values)
      return {
        iso: new Date(ms).toISOString(),
        text,
        inline: fill(words.onAt, values),
        after: text,
      }
    },
  }
}
