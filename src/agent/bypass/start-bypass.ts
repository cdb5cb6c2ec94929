import type { BypassFacts } from '#domain/bypass-event.ts'
import type { CaptureReport } from '#domain/capture-report.ts'
import type { EventDraft, StoredEvent } from '#domain/event.ts'
import type { HiddenSchool } from '#domain/hidden-school.ts'
import { contains, parseAddress } from '#domain/ip-address.ts'
import type { Clock } from '#platform/clock.ts'
import type { AskedRing } from '../fastpath/asked-ring.ts'
import type { Reading } from '../metrics/agent-metrics.ts'
import type { ReadyConfig } from '../policy/ready-config.ts'
import type { BlockedLookup } from '../signals/blocked-lookup.ts'
import { AskWatch } from './ask-watch.ts'
import { makeBypassDesk } from './bypass-desk.ts'
import { bypassReadings } from './bypass-readings.ts'
import { BypassWatch, type BypassWatchOptions } from './bypass-watch.ts'
import { RogueServers } from './rogue-servers.ts'

export interface BypassParts {
  readonly clock: Clock
  readonly config: () => ReadyConfig
  readonly emit: (draft: EventDraft) => void
  readonly who: BypassWatchOptions['who']
  /** Whether something else than DNS shows that an address is in use now. */
  readonly isSeen: (address: string) => boolean
  readonly rings: () => readonly AskedRing[]
  readonly onChange: () => void
}

/** What goes round us, and whether a server hides the school. */
export interface Bypass {
  readonly lookup: (lookup: BlockedLookup) => void
  readonly report: (report: CaptureReport) => void
  readonly resume: (events: readonly StoredEvent[]) => void
  readonly hiddenSchool: () => HiddenSchool | undefined
  readonly facts: () => readonly BypassFacts[]
  readonly readings: () => readonly Reading[]
  readonly close: () => void
}

export function startBypass(parts: BypassParts): Bypass {
  const { clock, config, emit, who } = parts
  const asks = new AskWatch({
    ...parts,
    isDeclared: (address) => isForwarder(address, config()),
    onSilent: (address) => desk.silent(address),
  })
  const watch = new BypassWatch({ ...parts, asksHere: (address) => asks.asksHere(address) })
  const rogues = new RogueServers({ clock, emit })
  const desk = makeBypassDesk({
    watch,
    rogues,
    who,
    isForbidden: (group, category) => {
      const policy = config().groups.get(group)
      return !policy || policy.kind === 'pupil' || policy.actions.get(category) === 'block'
    },
  })
  asks.start()
  return {
    ...desk,
    resume: (events) => {
      watch.resume(events)
      rogues.resume(events)
    },
    hiddenSchool: () => asks.hiddenSchool(),
    facts: () => watch.facts(),
    readings: () => bypassReadings({ watch, asks, rogues }),
    close: () => {
      asks.close()
      watch.close()
      rogues.close()
    },
  }
}

function isForwarder(address: string, { identity }: ReadyConfig): boolean {
  const bytes = parseAddress(address)
  return bytes !== undefined && identity.forwarders.some(({ from }) => contains(from, bytes))
}
