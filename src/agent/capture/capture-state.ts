import type { CaptureReport, CaptureTally, SourceChanged } from '#domain/capture-report.ts'

/** How capturing is, for people. */
export interface CaptureStatus {
  /** `waiting`: for the process of a unit of its own to connect. */
  readonly state: 'off' | 'waiting' | 'starting' | 'running' | 'failing'
  readonly detail: string
  /** One for each interface, as it was last told. */
  readonly sources: readonly SourceChanged[]
}

/** Sums since the agent started, over all lives of the process. */
export interface CaptureReadings {
  readonly isUp: boolean
  readonly starts: number
  readonly reports: Readonly<Record<CaptureReport['kind'], number>>
  readonly framesRefused: number
  readonly tally: Omit<CaptureTally, 'kind'>
}

const NO_TALLY = { packets: 0, dropped: 0, malformed: 0, reportsDropped: 0, turnedAway: 0 } as const

/** What is known of the capture process from what it tells. */
export class CaptureState {
  readonly #sources = new Map<string, SourceChanged>()
  readonly #reports: Record<CaptureReport['kind'], number> = {
    'device-seen': 0,
    'went-elsewhere': 0,
    'rogue-server-seen': 0,
    'capture-tally': 0,
    'source-changed': 0,
  }
  #before: CaptureReadings['tally'] = NO_TALLY
  #now: CaptureReadings['tally'] = NO_TALLY
  #starts = 0
  #framesRefused = 0
  #state: CaptureStatus['state'] = 'off'
  #detail = ''
  #interfaces: ReadonlySet<string> = new Set()

  /** It was wished for, or no longer. */
  set(state: CaptureStatus['state'], detail: string): void {
    this.#state = state
    this.#detail = detail
  }

  /** A new process begins; what it tells of other interfaces than these is not kept. */
  begin(interfaces: readonly string[]): void {
    this.#starts++
    this.#interfaces = new Set(interfaces)
    this.end()
  }

  /** The process is gone: nothing is captured. */
  end(): void {
    this.#before = sum(this.#before, this.#now)
    this.#now = NO_TALLY
    this.#sources.clear()
  }

  refuse(): void {
    this.#framesRefused++
  }

  note(report: CaptureReport): void {
    this.#reports[report.kind]++
    if (report.kind === 'capture-tally') {
      const { kind: _, ...tally } = report
      this.#now = tally
    }
    if (report.kind === 'source-changed' && this.#interfaces.has(report.interface))
      this.#sources.set(report.interface, report)
  }

  status(): CaptureStatus {
    const sources = [...this.#sources.values()]
    const isRunning = sources.some(({ state }) => state === 'running')
    if (this.#state !== 'starting' || sources.length === 0)
      return { state: this.#state, detail: this.#detail, sources }
    const detail = sources
      .map(({ interface: name, source, state, detail: why }) =>
        state === 'running' ? `${name} by ${source}` : `${name} not (${why})`,
      )
      .join(', ')
    return { state: isRunning ? 'running' : 'failing', detail, sources }
  }

  readings(): CaptureReadings {
    return {
      isUp: this.status().state === 'running',
      starts: this.#starts,
      reports: { ...this.#reports },
      framesRefused: this.#framesRefused,
      tally: sum(this.#before, this.#now),
    }
  }
}

function sum(a: CaptureReadings['tally'], b: CaptureReadings['tally']): CaptureReadings['tally'] {
  return {
    packets: a.packets + b.packets,
    dropped: a.dropped + b.dropped,
    malformed: a.malformed + b.malformed,
    reportsDropped: a.reportsDropped + b.reportsDropped,
    turnedAway: a.turnedAway + b.turnedAway,
  }
}
