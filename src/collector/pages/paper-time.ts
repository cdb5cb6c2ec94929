import type { PlainTime } from '#console/present/plain-time.ts'

/** Times as they stand on paper, which is read later: with the whole date, and never "today". */
export function paperTime(time: PlainTime): PlainTime {
  return {
    ...time,
    at: (ms) => {
      const text = `${time.date(ms)} at ${time.clock(ms)}`
      return { iso: new Date(ms).toISOString(), text, inline: `on ${text}`, after: text }
    },
  }
}
