import { chmodSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import type { CaptureReport } from '#domain/capture-report.ts'
import type { CaptureSettings } from '#domain/capture-settings.ts'
import type { Clock } from '#platform/clock.ts'
import { frameOf } from '#platform/frames.ts'
import { claimSocketPath } from '../control/socket-path.ts'
import type { CaptureEnd } from './capture-child.ts'
import type { CaptureState } from './capture-state.ts'
import { takeReports } from './report-intake.ts'

export interface SocketParts {
  readonly settings: CaptureSettings
  readonly state: CaptureState
  readonly clock: Clock
  /** Of the Unix socket, in a folder that only the owner may enter. */
  readonly path: string
  readonly onReport: (report: CaptureReport) => void
  readonly tell: (detail: string) => void
}

const WAITING =
  'this process has no CAP_NET_RAW, so supercloud-edge-capture.service is to capture for it, and has not come'

/**
 * Where a capture process of another unit comes to, which has the one privilege that the agent has not. There is one at a time: a new one
 * takes the place of the old. When the agent wants another configuration it hangs up, and the unit starts the process anew.
 */
export function startCaptureSocket(parts: SocketParts): CaptureEnd {
  const { state, path, tell } = parts
  let current: Socket | undefined
  const server = createServer((socket) => {
    const old = current
    current = socket
    old?.destroy()
    serve(parts, socket, () => {
      if (current !== socket) return
      current = undefined
      state.end()
      state.set('waiting', WAITING)
    })
  })
  state.set('waiting', WAITING)
  server.on('error', (error) => fail(error.message))
  const fail = (why: string): void => {
    state.set('failing', why)
    tell(why)
  }
  const listening = claimSocketPath(path)
    .then(() => server.listen(path, () => chmodSync(path, 0o600)))
    .catch((error: unknown) => fail(error instanceof Error ? error.message : 'no socket'))
  return {
    close: async () => {
      await listening
      const ending = current
      current = undefined
      ending?.destroy()
      state.end()
      if (!server.listening) return
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

function serve(
  { settings, state, clock, onReport, tell }: SocketParts,
  socket: Socket,
  onGone: () => void,
): void {
  state.begin(settings.interfaces)
  state.set('starting', 'the capture process starts')
  socket.on('close', onGone)
  socket.write(frameOf(settings))
  takeReports(socket, clock, {
    onReport,
    onRefused: () => state.refuse(),
    onBroken: (why) => {
      tell(`the capture process is hung up on, for what it sent: ${why}`)
      socket.destroy()
    },
  })
}
