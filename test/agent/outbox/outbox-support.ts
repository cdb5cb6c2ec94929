import { startOutbox } from '#agent/outbox/outbox.ts'
import type { Outbox, OutboxOptions } from '#agent/outbox/outbox-contract.ts'
import { DEFAULT_OUTBOX_LIMITS, type OutboxLimits } from '#agent/outbox/outbox-limits.ts'
import type { EventDraft, LookupBlocked, PolicyApplied } from '#domain/event.ts'
import { systemClock } from '#platform/clock.ts'
import { type ApplianceKey, makeApplianceKey } from '#platform/http-signing.ts'
import { newEventId } from '#platform/random.ts'

const made = makeApplianceKey()
export const key: ApplianceKey = made.key
export const pem: string = made.pem

/** An outbox on a folder, silent, with limits of its own where given. */
export function openOutbox(
  stateDir: string,
  given: Partial<OutboxOptions> = {},
  limits: Partial<OutboxLimits> = {},
): Promise<Outbox> {
  return startOutbox({
    stateDir,
    keyPem: pem,
    collectorUrl: undefined,
    version: '0.0.0-test',
    clock: systemClock,
    logLevel: 'silent',
    ...given,
    // Long, because a loaded machine must not turn a slow start into another behaviour.
    limits: { ...DEFAULT_OUTBOX_LIMITS, openTimeoutMs: 10_000, ...limits },
  })
}

export function lookupDraft(
  given: Partial<Omit<EventDraft, 'body'>> = {},
  body: Partial<LookupBlocked> = {},
): EventDraft & { readonly body: LookupBlocked } {
  const at = given.at ?? Date.now()
  return {
    id: newEventId(),
    revision: 1,
    at,
    ...given,
    body: {
      kind: 'lookup-blocked',
      group: 'ks3',
      client: { address: '192.0.2.10' },
      category: 'harm.selfharm',
      theme: 'self-harm',
      severity: 'high',
      name: { form: 'clear', name: 'bad.example.org' },
      list: 'test',
      count: 1,
      firstAt: at,
      lastAt: at,
      ...body,
    },
  }
}

export function policyDraft(policy = 'embedded'): EventDraft {
  const body: PolicyApplied = { kind: 'policy-applied', policy }
  return { id: newEventId(), revision: 1, at: Date.now(), body }
}

/** Waits until something holds; fails loudly, with what it waited for, when it does not within the time. */
export async function until(what: string, holds: () => boolean, timeoutMs = 10_000): Promise<void> {
  const byMs = performance.now() + timeoutMs
  while (!holds()) {
    if (performance.now() > byMs) throw new Error(`waited ${timeoutMs} ms in vain: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
