import type { EventBody } from '#domain/event.ts'
import type { LinkStatus, UpstreamStatus } from '#domain/ingest.ts'
import { newEventId, randomFraction } from '#platform/random.ts'
import { type Assessment, assess, type LinkEvidence } from './assess.ts'
import type { ProbeBounds } from './dns-probe.ts'
import { type GatewayState, GatewayWatch } from './gateway-watch.ts'
import { hasNetwork } from './has-network.ts'
import { LinkHysteresis } from './link-hysteresis.ts'
import type { LinkMonitorOptions, LinkReading } from './link-monitor.ts'
import { probeMessage } from './probe-message.ts'
import type { ProbeRecord } from './probe-record.ts'
import { ProbeRound } from './probe-round.ts'
import { SampleWindow } from './sample-window.ts'

const FIRST_ROUND_WITHIN_MS = 1000

/** The state behind a link monitor. */
export class LinkWatch {
  readonly #options: LinkMonitorOptions
  readonly #round: ProbeRound
  readonly #gateway: GatewayWatch = new GatewayWatch()
  readonly #hysteresis: LinkHysteresis = new LinkHysteresis()
  readonly #sample: SampleWindow
  readonly #closing: AbortController = new AbortController()
  #since: number
  /** When the round began that first differed from what is said of the link. */
  #suspectedAt = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #running: Promise<void> | undefined
  #endedMs = -Infinity

  constructor(options: LinkMonitorOptions) {
    const { upstreams, targets, limits, clock, probeName, log } = options
    probeMessage(0, probeName)
    this.#options = options
    this.#round = new ProbeRound(
      upstreams.slice(0, limits.upstreamsMax),
      targets.slice(0, limits.targetsMax),
      log,
    )
    this.#since = clock.wallMs()
    this.#sample = new SampleWindow(limits.sampleMs, clock.wallMs())
  }

  start(): void {
    this.#tellPreviousEnd()
    const withinMs = Math.min(FIRST_ROUND_WITHIN_MS, this.#options.intervalMs)
    this.#runIn(randomFraction() * withinMs)
  }

  status(): LinkStatus {
    const nowMs = this.#options.clock.monotonicMs()
    const { state, cause, detail } = this.#hysteresis.current
    const upstreams = this.#round.upstreams.map(({ record }) => upstreamStatus(record, nowMs))
    return { state, cause, detail, since: this.#since, upstreams }
  }

  readings(): LinkReading[] {
    const nowMs = this.#options.clock.monotonicMs()
    return this.#round.records.map((record) => {
      const { lossRatio, meanRttMs } = record.lastFiveMinutes(nowMs)
      const { target, probe } = record
      return { target, probe, ...record.totals, lossRatio, meanRttMs }
    })
  }

  observe(isReached: boolean): void {
    if (isReached || this.#running || this.#hysteresis.current.state === 'down') return
    const { clock, limits } = this.#options
    this.#runIn(Math.max(0, this.#endedMs + limits.reprobeMs - clock.monotonicMs()))
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer)
    this.#closing.abort()
    await this.#running
    this.#round.close()
    this.#tellSample(this.#options.clock.wallMs())
  }

  #runIn(delayMs: number): void {
    clearTimeout(this.#timer)
    if (this.#closing.signal.aborted) return
    this.#timer = setTimeout(() => {
      this.#running = this.#runOnce()
        .catch((error) => this.#options.log.error(error, 'link round failed'))
        .finally(() => this.#ran())
    }, delayMs)
  }

  #ran(): void {
    const { clock, limits, intervalMs } = this.#options
    this.#running = undefined
    this.#endedMs = clock.monotonicMs()
    this.#runIn(this.#hysteresis.isPending ? limits.reprobeMs : intervalMs)
  }

  async #runOnce(): Promise<void> {
    const { clock, limits, probeName } = this.#options
    const startedAt = clock.wallMs()
    const startedMs = clock.monotonicMs()
    const boundary = this.#sample.boundary(startedAt)
    if (boundary !== undefined) this.#tellSample(boundary)
    const { signal } = this.#closing
    const bounds: ProbeBounds = {
      timeoutMs: limits.timeoutMs,
      monotonicMs: clock.monotonicMs,
      signal,
    }
    await this.#round.run(probeName, bounds)
    const evidence = await this.#gather(startedMs, bounds)
    if (!signal.aborted) this.#judge(assess(evidence, limits), startedAt)
  }

  async #gather(startedMs: number, bounds: ProbeBounds): Promise<LinkEvidence> {
    const { upstreams } = this.#round
    const isAnswered = upstreams.some(({ record }) => record.newest?.kind === 'reached')
    if (isAnswered && this.#hysteresis.current.state === 'down')
      for (const record of this.#round.records) record.forgetRecent(startedMs)
    const gateway = await this.#askGateway(isAnswered, bounds)
    const readings = this.#round.readings(bounds.monotonicMs())
    return { ...readings, hasNetwork: hasNetwork(), gateway }
  }

  async #askGateway(isAnswered: boolean, bounds: ProbeBounds): Promise<GatewayState> {
    if (!isAnswered) return this.#gateway.ask(bounds)
    this.#gateway
      .calibrate(bounds)
      .catch((error) => this.#options.log.error(error, 'gateway probe failed'))
    return 'mute'
  }

  #judge(assessment: Assessment, startedAt: number): void {
    const { clock, log, onChange } = this.#options
    const from = this.#hysteresis.current.state
    if (!this.#hysteresis.isPending) this.#suspectedAt = startedAt
    if (!this.#hysteresis.take(assessment, clock.monotonicMs())) return
    this.#since = this.#suspectedAt
    const { state: to, cause, detail } = assessment
    log.info({ from, to, cause, detail }, 'link changed')
    this.#emit({ kind: 'link-changed', from, to, cause, detail, since: this.#since })
    onChange?.(this.status())
  }

  /** A run that ended without a word was an outage of its own, and nobody's fault but the agent's. */
  #tellPreviousEnd(): void {
    const { previousRun } = this.#options
    if (previousRun?.stop !== 'unclean' || previousRun.lastAliveAt === undefined) return
    this.#emit({
      kind: 'link-changed',
      from: 'unknown',
      to: 'unknown',
      cause: 'agent',
      detail: 'the agent ended without warning and has been started again',
      since: previousRun.lastAliveAt,
    })
  }

  #tellSample(to: number): void {
    const probes = this.#round.records.map((record) => record.takeSample())
    const from = this.#sample.take(to)
    const { state } = this.#hysteresis.current
    if (probes.some(({ sent }) => sent > 0))
      this.#emit({ kind: 'link-sampled', from, to: Math.max(from, to), state, probes })
  }

  #emit(body: EventBody): void {
    const at = this.#options.clock.wallMs()
    this.#options.emit({ id: newEventId(), revision: 1, at, body })
  }
}

function upstreamStatus(record: ProbeRecord, nowMs: number): UpstreamStatus {
  const { newest, target } = record
  const { lossRatio, meanRttMs } = record.lastFiveMinutes(nowMs)
  const rtt = meanRttMs === undefined ? {} : { rttMs: Math.round(meanRttMs * 100) / 100 }
  if (!newest) return { target, state: 'unknown', lossRatio }
  return { target, state: newest.kind === 'reached' ? 'up' : 'down', ...rtt, lossRatio }
}
