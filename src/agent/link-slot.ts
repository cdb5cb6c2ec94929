import type { EventDraft } from '#domain/event.ts'
import type { Clock } from '#platform/clock.ts'
import type { Log } from '#platform/log.ts'
import { DEFAULT_LINK_LIMITS } from './link/link-limits.ts'
import { type LinkMonitor, type PreviousEnd, startLinkMonitor } from './link/link-monitor.ts'
import type { ReadyConfig, ReadyUpstream } from './policy/ready-config.ts'

export interface LinkSlotOptions {
  readonly emit: (draft: EventDraft) => void
  readonly onChange: () => void
  readonly clock: Clock
  readonly log: Log
}

const PROBE_NAME = '.'

/** The link monitor in force; a reload that changes what is watched starts another. */
export class LinkSlot {
  readonly #options: LinkSlotOptions
  #monitor: LinkMonitor
  #key: string

  constructor(config: ReadyConfig, previousRun: PreviousEnd | undefined, options: LinkSlotOptions) {
    this.#options = options
    this.#key = keyOf(config)
    this.#monitor = this.#start(config, previousRun)
  }

  get monitor(): LinkMonitor {
    return this.#monitor
  }

  use(config: ReadyConfig): void {
    const key = keyOf(config)
    if (key === this.#key) return
    this.#key = key
    const old = this.#monitor
    this.#monitor = this.#start(config, undefined)
    old.close().catch((error: unknown) => this.#options.log.warn({ err: error }, 'link monitor'))
  }

  #start(config: ReadyConfig, previousRun: PreviousEnd | undefined): LinkMonitor {
    return startLinkMonitor({
      ...this.#options,
      upstreams: watched(config),
      targets: config.link.targets,
      intervalMs: config.link.intervalSeconds * 1000,
      probeName: PROBE_NAME,
      previousRun,
      limits: DEFAULT_LINK_LIMITS,
    })
  }
}

/** The recursor's own upstreams say more of the line than it does. */
function watched({ upstreams, recursor }: ReadyConfig): readonly ReadyUpstream[] {
  return recursor && recursor.forwarders.length > 0 ? recursor.forwarders : upstreams
}

function keyOf(config: ReadyConfig): string {
  return JSON.stringify([watched(config), config.link])
}
