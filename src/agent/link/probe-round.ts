import type { Log } from '#platform/log.ts'
import type { ProbeReading } from './assess.ts'
import { type ProbeBounds, probeDns } from './dns-probe.ts'
import { endpointText, isLoopbackAddress, type ProbedUpstream } from './endpoint.ts'
import { ProbeRecord } from './probe-record.ts'
import { type LinkTarget, TargetAddresses } from './target-addresses.ts'
import { probeTcp } from './tcp-probe.ts'

interface WatchedUpstream {
  readonly endpoint: ProbedUpstream
  readonly record: ProbeRecord
}

interface WatchedTarget {
  readonly target: LinkTarget
  readonly record: ProbeRecord
}

/** Everything that is probed, and what was found. */
export class ProbeRound {
  readonly upstreams: readonly WatchedUpstream[]
  readonly targets: readonly WatchedTarget[]
  readonly #addresses: TargetAddresses
  readonly #log: Log

  constructor(upstreams: readonly ProbedUpstream[], targets: readonly LinkTarget[], log: Log) {
    this.upstreams = upstreams.map((endpoint) => ({
      endpoint,
      record: new ProbeRecord(endpointText(endpoint), isAskedByUdp(endpoint) ? 'dns' : 'tcp'),
    }))
    this.targets = targets.map((target) => ({
      target,
      record: new ProbeRecord(endpointText({ address: target.host, port: target.port }), 'tcp'),
    }))
    this.#addresses = new TargetAddresses(targets, upstreams)
    this.#log = log
  }

  get records(): ProbeRecord[] {
    return [...this.upstreams, ...this.targets].map(({ record }) => record)
  }

  /** Probes everything once, all at the same time, and takes `timeoutMs` at most. Never rejects. */
  async run(probeName: string, bounds: ProbeBounds): Promise<void> {
    this.#refresh(bounds.monotonicMs())
    const upstreams = this.upstreams.map(async ({ endpoint, record }) => {
      const outcome = await (isAskedByUdp(endpoint)
        ? probeDns(endpoint, probeName, bounds)
        : probeTcp(endpoint, bounds))
      if (!bounds.signal.aborted) record.add(outcome, bounds.monotonicMs())
    })
    const targets = this.targets.map(async ({ target, record }) => {
      const endpoint = this.#addresses.endpointOf(target)
      const outcome = endpoint ? await probeTcp(endpoint, bounds) : undefined
      if (outcome && !bounds.signal.aborted) record.add(outcome, bounds.monotonicMs())
    })
    await Promise.all([...upstreams, ...targets])
  }

  /** What the round found of the upstreams, and of the targets that could be probed. */
  readings(nowMs: number): {
    readonly upstreams: ProbeReading[]
    readonly targets: ProbeReading[]
  } {
    return {
      upstreams: this.upstreams.flatMap(({ endpoint, record }) =>
        readingOf(record, isLoopbackAddress(endpoint.address), nowMs),
      ),
      targets: this.targets.flatMap(({ target, record }) =>
        readingOf(record, isLoopbackAddress(target.host), nowMs),
      ),
    }
  }

  close(): void {
    this.#addresses.close()
  }

  /** Beside the round: it must not wait for names. */
  #refresh(nowMs: number): void {
    this.#addresses.refresh(nowMs).catch((error) => this.#log.error(error, 'target names'))
  }
}

function isAskedByUdp({ transport = 'udp' }: ProbedUpstream): boolean {
  return transport === 'udp'
}

function readingOf(record: ProbeRecord, isLocal: boolean, nowMs: number): ProbeReading[] {
  const { target, newest: outcome } = record
  return outcome ? [{ target, isLocal, outcome, ...record.lastMinute(nowMs) }] : []
}
