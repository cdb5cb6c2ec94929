import type { EventDraft } from '#domain/event.ts'
import { parseMac } from '#domain/mac-address.ts'
import type { AgentBase } from '../agent-base.ts'
import { EarlyQueue } from '../early-queue.ts'
import { AskedRing } from '../fastpath/asked-ring.ts'
import { AddressWords } from '../limits/address-words.ts'
import type { Outbox } from '../outbox/outbox-contract.ts'
import type { PolicyKeeper } from '../policy-keeper.ts'
import type { CountQuery } from '../stages/observe.ts'
import { BYPASS_WINDOW_MS } from './bypass-window.ts'
import { ROGUE_WINDOW_MS } from './rogue-servers.ts'
import { type Bypass, type BypassParts, startBypass } from './start-bypass.ts'

/** Events that come before the outbox is open. */
const EARLY_MAX = 1_000

export interface AgentBypass extends Bypass {
  /** Counts what the main thread has answered as well. */
  readonly alsoCounting: (count: CountQuery) => CountQuery
  /** Follows what the workers answer too. */
  readonly follow: (rings: readonly AskedRing[]) => void
  /** Goes on with the events of the run before, and lets out what has been waiting. */
  readonly open: (outbox: Outbox) => Promise<void>
}

/** Makes the watch over ways round the filter; it needs no outbox yet, and no policy until it is told something. */
export function prepareBypass(
  base: AgentBase,
  keeper: () => PolicyKeeper,
  isSeen: BypassParts['isSeen'],
): AgentBypass {
  const drafts = new EarlyQueue<EventDraft>(EARLY_MAX)
  const own = new AskedRing(new ArrayBuffer(AskedRing.BYTES), 0, new AddressWords())
  const rings: AskedRing[] = [own]
  const bypass = startBypass({
    clock: base.clock,
    config: () => keeper().config,
    emit: drafts.push,
    who: ({ address, mac: seen, group: asked }) => {
      const { slot, config } = keeper()
      const { device: name, mac: told = '' } = base.identities.describe(address)
      const mac = seen ?? parseMac(told)
      const group = asked ?? slot.current.clients.find(address)?.group ?? config.strictestGroup
      return { id: mac ?? address, group, mac, name }
    },
    isSeen,
    rings: () => rings,
    onChange: () => base.changed.tell(),
  })
  return {
    ...bypass,
    alsoCounting: (count) => (query, seconds) => {
      count(query, seconds)
      own.note(query)
    },
    follow: (more) => rings.push(...more),
    open: async (outbox) => {
      const [devices, servers] = await Promise.all([
        outbox.openEvents(BYPASS_WINDOW_MS, 'bypass-noticed'),
        outbox.openEvents(ROGUE_WINDOW_MS, 'rogue-server-seen'),
      ])
      bypass.resume([...devices, ...servers])
      drafts.open(outbox.emit)
    },
  }
}
