import { productVersion } from '#platform/product-version.ts'
import type { Profile } from '#rules/categories.ts'
import type { AgentBase } from './agent-base.ts'
import type { AgentBypass } from './bypass/bypass-of-agent.ts'
import { startOutbox } from './outbox/outbox.ts'
import type { Outbox } from './outbox/outbox-contract.ts'
import { outboxLimitsFrom } from './outbox-limits-from.ts'
import type { AgentSignals } from './signals/agent-signals.ts'
import { type BlockedLookups, makeBlockedLookups, WINDOW_MS } from './signals/blocked-lookups.ts'

interface Noticing {
  readonly outbox: Outbox
  readonly blocked: BlockedLookups
}

/** Who hears of a lookup in an alerting category, and what a group's defaults are made for. */
interface Takers {
  readonly bypass: AgentBypass
  readonly signals: AgentSignals
  readonly profileOf: (group: string) => Profile | undefined
}

/** Opens the outbox, goes on with the events of the run before, and lets through what has been waiting for it. */
export async function openOutbox(
  base: AgentBase,
  keyPem: string,
  { bypass, signals, ...takers }: Takers,
): Promise<Noticing> {
  const { stateDir, first, clock, logLevel, bodies, lookups, identities } = base
  const outbox = await startOutbox({
    stateDir,
    keyPem,
    collectorUrl: first.collector.url,
    version: productVersion,
    clock,
    limits: outboxLimitsFrom(first.limits),
    logLevel,
  })
  bodies.open((body) => outbox.tell(body))
  const blocked = makeBlockedLookups({
    clock,
    emit: (draft) => outbox.emit(draft),
    limits: { windowsMax: first.limits.eventWindows },
    describe: (key) => identities.describe(key),
    ...takers,
  })
  for (const kind of ['lookup-blocked', 'lookup-monitored'] as const)
    blocked.resume(await outbox.openEvents(WINDOW_MS, kind))
  signals.onFound(({ event, signal }) => blocked.scored(event, signal))
  await bypass.open(outbox)
  lookups.open((lookup) => {
    signals.follow(lookup, blocked.record(lookup))
    // Who may have it goes round nothing.
    if (!lookup.isMonitored) bypass.lookup(lookup)
  })
  return { outbox, blocked }
}
