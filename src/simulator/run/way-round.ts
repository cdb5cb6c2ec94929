/** The watch over ways round the filter, as a box has it that sees lookups and nothing else of its network. */
import { makeBypassDesk } from '#agent/bypass/bypass-desk.ts'
import { BypassWatch, type BypassWatchOptions } from '#agent/bypass/bypass-watch.ts'
import { RogueServers } from '#agent/bypass/rogue-servers.ts'
import type { BlockedLookup } from '#agent/signals/blocked-lookup.ts'
import type { EventDraft } from '#domain/event.ts'
import type { School } from '../school/school.ts'
import type { SimulatedClock } from './simulated-clock.ts'

export interface WayRound {
  /** Takes what was blocked. */
  readonly lookup: (lookup: BlockedLookup) => void
  /** Tells what was not told yet. */
  readonly close: () => void
}

export function makeWayRound(
  { devices }: School,
  clock: SimulatedClock,
  emit: (draft: EventDraft) => void,
): WayRound {
  const known = new Map(devices.map((device) => [device.address, device]))
  const who: BypassWatchOptions['who'] = ({ address, group = '' }) => {
    return { id: address, group, name: known.get(address)?.name }
  }
  const { after } = clock
  const watch = new BypassWatch({ clock, after, emit, who, asksHere: () => true })
  const rogues = new RogueServers({ clock, after, emit })
  const { lookup } = makeBypassDesk({ watch, rogues, who, isForbidden: () => true })
  return { lookup, close: () => watch.close() }
}
