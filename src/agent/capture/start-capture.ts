/**
 * The agent's side of the capture: it decides whether and how there is a capture process, keeps it, believes it nothing that it has not
 * checked, and hands its reports on.
 */
import type { CaptureReport } from '#domain/capture-report.ts'
import { isFailure } from '#domain/failure.ts'
import { type CaptureTools, findCaptureTools, mayCapture } from '#platform/capture-tools.ts'
import { chooseSource } from '#platform/choose-source.ts'
import type { Clock } from '#platform/clock.ts'
import type { Log } from '#platform/log.ts'
import type { Faults } from '../faults.ts'
import { type CaptureEnd, captureCommand, startCaptureChild } from './capture-child.ts'
import { type CaptureConfig, captureSettings, type MoreServers } from './capture-settings.ts'
import { startCaptureSocket } from './capture-socket.ts'
import { type CaptureReadings, CaptureState, type CaptureStatus } from './capture-state.ts'

export interface CaptureOptions {
  readonly config: CaptureConfig
  readonly clock: Clock
  readonly log: Log
  readonly faults: Pick<Faults, 'add'>
  /** Told of each report, checked; must not throw. Device names and the like in it are hostile text. */
  readonly onReport: (report: CaptureReport) => void
  /** Servers that are known beside the shipped ones. */
  readonly more?: MoreServers
  /** Where a capture process of another unit may come to; absent: none may. */
  readonly socket?: string
  /** What is here; looked for where it is absent. */
  readonly tools?: CaptureTools
  readonly mayCapture?: boolean
  /** What runs a capture process; this program where it is absent. */
  readonly command?: readonly string[]
}

export interface RunningCapture {
  readonly close: () => Promise<void>
  /** Goes by this configuration from now on; the process starts anew if it means another capture. */
  readonly use: (config: CaptureConfig) => void
  readonly status: () => CaptureStatus
  readonly readings: () => CaptureReadings
}

export const NO_INTERFACES = 'no interfaces are named under capture in the configuration'
const NO_PRIVILEGE =
  'this process has no CAP_NET_RAW: run it as root, or start supercloud-edge-capture.service'

/** Starts capturing where the configuration wants it and the machine can; else the status says in one line why not. Never throws. */
export function startCapture(options: CaptureOptions): RunningCapture {
  const state = new CaptureState()
  let inForce = ''
  let current: CaptureEnd | undefined
  /** One change after the other. */
  let turn: Promise<void> = Promise.resolve()
  const follow = async (config: CaptureConfig | undefined): Promise<void> => {
    const settings = config && captureSettings(config, options.more)
    const wished = JSON.stringify(settings)
    if (settings && wished === inForce) return
    inForce = wished ?? ''
    await current?.close()
    current = settings && begin(options, state, settings)
  }
  const use = (config: CaptureConfig | undefined): void => {
    turn = turn
      .then(() => follow(config))
      .catch((error: unknown) => tell(options, error instanceof Error ? error.message : 'it broke'))
  }
  use(options.config)
  return {
    use,
    close: async () => {
      use(undefined)
      await turn
    },
    status: () => state.status(),
    readings: () => state.readings(),
  }
}

function begin(
  options: CaptureOptions,
  state: CaptureState,
  settings: ReturnType<typeof captureSettings>,
): CaptureEnd | undefined {
  const { clock, socket } = options
  const why = whyNot(options, settings)
  if (why !== undefined) {
    const isWished = settings.interfaces.length > 0
    state.set(isWished ? 'failing' : 'off', why)
    if (isWished) tell(options, why)
    return undefined
  }
  const shared = {
    settings,
    state,
    clock,
    onReport: (report: CaptureReport) => {
      state.note(report)
      noteInLog(options, report)
      options.onReport(report)
    },
    tell: (detail: string) => tell(options, detail),
  }
  if (!(options.mayCapture ?? mayCapture()) && socket !== undefined)
    return startCaptureSocket({ ...shared, path: socket })
  const command = options.command ?? captureCommand(process.getuid?.() === 0)
  return startCaptureChild({ ...shared, command })
}

/** Why nothing is captured; undefined where it can be. What the unit's process has is its own matter. */
function whyNot(
  options: CaptureOptions,
  { interfaces, source }: ReturnType<typeof captureSettings>,
): string | undefined {
  if (interfaces.length === 0) return NO_INTERFACES
  const chosen = chooseSource(source, options.tools ?? findCaptureTools())
  if (isFailure(chosen)) return chosen.detail
  const isPossible = (options.mayCapture ?? mayCapture()) || options.socket !== undefined
  return isPossible ? undefined : NO_PRIVILEGE
}

/** Only the state of interfaces: what devices do belongs in no log. */
function noteInLog({ log }: CaptureOptions, report: CaptureReport): void {
  if (report.kind !== 'source-changed') return
  const { interface: name, source, state, detail } = report
  log.info(
    { interface: name, source, state, detail: detail.replaceAll(/[^\x20-\x7e]/g, '?') },
    'capture',
  )
}

function tell({ faults, log }: CaptureOptions, detail: string): void {
  faults.add('capture', detail)
  log.warn({ detail }, 'capture')
}
