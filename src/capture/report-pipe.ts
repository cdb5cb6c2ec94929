import { Socket } from 'node:net'
import type { Writable } from 'node:stream'
import type { CaptureReport } from '#domain/capture-report.ts'

/** What waits for a reader: beyond it reports are dropped and counted, so that a slow reader never stops the capture. */
export const QUEUE_BYTES_MAX = 262_144

export interface ReportPipe {
  readonly tell: (report: CaptureReport) => void
  readonly dropped: () => number
}

/** `encode` makes the bytes of one report. The stream must be one that does not block. */
export function makeReportPipe(
  stream: Writable,
  encode: (report: CaptureReport) => string | Buffer,
): ReportPipe {
  let dropped = 0
  return {
    tell: (report) => {
      if (stream.writableLength >= QUEUE_BYTES_MAX || !stream.writable) {
        dropped++
        return
      }
      stream.write(encode(report))
    },
    dropped: () => dropped,
  }
}

const STANDARD_OUTPUT = 1

/** Standard output as a stream that never blocks: process.stdout would wait for whoever reads a pipe. */
export function standardOutput(): Writable {
  return new Socket({ fd: STANDARD_OUTPUT, readable: false })
}
