import { Resolver } from 'node:dns/promises'
import { isIP } from 'node:net'
import { type Endpoint, endpointText, type ProbedUpstream } from './endpoint.ts'

/** A target as it is configured: a name or an address. */
export interface LinkTarget {
  readonly host: string
  readonly port: number
}

const REFRESH_EVERY_MS = 600_000
const RETRY_EVERY_MS = 10_000
const TIMEOUT_MS = 2000

interface Known {
  address: string | undefined
  nextMs: number
}

/**
 * The addresses of targets that are given by name. They are asked of the upstreams that are asked over UDP, beside the probing, and the last good one is
 * kept: a target must not seem dead because no resolver answers. One that never resolved is not probed.
 */
export class TargetAddresses {
  readonly #resolver: Resolver = new Resolver({ timeout: TIMEOUT_MS, tries: 1 })
  readonly #known: Map<string, Known> = new Map()

  constructor(targets: readonly LinkTarget[], upstreams: readonly ProbedUpstream[]) {
    for (const { host } of targets)
      if (isIP(host) === 0) this.#known.set(host, { address: undefined, nextMs: -Infinity })
    const servers = upstreams
      .filter(({ address, transport = 'udp' }) => transport === 'udp' && !address.includes('%'))
      .map(endpointText)
    if (servers.length > 0) this.#resolver.setServers(servers)
    else this.#known.clear()
  }

  /** Where to connect to, or undefined while the name has no address. */
  endpointOf({ host, port }: LinkTarget): Endpoint | undefined {
    const address = isIP(host) === 0 ? this.#known.get(host)?.address : host
    return address === undefined ? undefined : { address, port }
  }

  /** Asks for what is due. Never rejects. */
  async refresh(nowMs: number): Promise<void> {
    const due = [...this.#known].filter(([, { nextMs }]) => nextMs <= nowMs)
    await Promise.all(
      due.map(async ([host, known]) => {
        known.nextMs = nowMs + RETRY_EVERY_MS
        const address = await this.#lookUp(host)
        if (address === undefined) return
        known.address = address
        known.nextMs = nowMs + REFRESH_EVERY_MS
      }),
    )
  }

  close(): void {
    this.#resolver.cancel()
  }

  async #lookUp(host: string): Promise<string | undefined> {
    const asked = [this.#resolver.resolve4(host), this.#resolver.resolve6(host)]
    const answers = await Promise.allSettled(asked)
    return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))[0]
  }
}
