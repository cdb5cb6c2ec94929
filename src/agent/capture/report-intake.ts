import type { Readable } from 'node:stream'
import type { CaptureReport } from '#domain/capture-report.ts'
import type { Clock } from '#platform/clock.ts'
import { makeFrameReader } from '#platform/frames.ts'
import { readReport } from './report-schema.ts'

/** What one capture process may send: whatever breaks into it must not be able to hurt the agent. */
export const INTAKE_LIMITS = {
  frameBytes: 4096,
  /** Read at once, and a second; more waits in the pipe, and then in the capture process, which drops and counts. */
  bytesAtOnce: 1_048_576,
  bytesPerSecond: 524_288,
  /** Frames that are no reports, in one life of the process; then it is ended. */
  refused: 20,
} as const

const PAUSE_MS = 100

export interface IntakeEvents {
  readonly onReport: (report: CaptureReport) => void
  /** What is sent is not what a capture process sends; it is read no further. Told once. */
  readonly onBroken: (why: string) => void
  readonly onRefused: () => void
}

/** Reads the reports of one capture process, as fast as it may be read. */
export function takeReports(stream: Readable, clock: Clock, events: IntakeEvents): void {
  let refused = 0
  let isOver = false
  let left: number = INTAKE_LIMITS.bytesAtOnce
  let lastMs = clock.monotonicMs()
  const end = (why: string): void => {
    if (isOver) return
    isOver = true
    events.onBroken(why)
  }
  const read = makeFrameReader(INTAKE_LIMITS.frameBytes, {
    onFrame: (value) => {
      if (isOver) return
      const report = readReport(value)
      if (report) return events.onReport(report)
      refused++
      events.onRefused()
      if (refused >= INTAKE_LIMITS.refused) end(`${refused} frames were no reports`)
    },
    onBroken: end,
  })
  stream.on('data', (part: Buffer) => {
    if (isOver) return
    const nowMs = clock.monotonicMs()
    const gained = ((nowMs - lastMs) * INTAKE_LIMITS.bytesPerSecond) / 1000
    left = Math.min(INTAKE_LIMITS.bytesAtOnce, left + gained) - part.length
    lastMs = nowMs
    read(part)
    if (left > 0) return
    stream.pause()
    setTimeout(() => stream.resume(), PAUSE_MS + (-left * 1000) / INTAKE_LIMITS.bytesPerSecond)
  })
  stream.on('error', () => undefined) // Its end is told by the end of the process or the connection.
}
