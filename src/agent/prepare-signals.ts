import { makeKeyedHash } from '#platform/secret-file.ts'
import type { Profile } from '#rules/categories.ts'
import type { AgentBase } from './agent-base.ts'
import { defaultsOf } from './policy/profiles.ts'
import type { PolicyKeeper } from './policy-keeper.ts'
import { AgentSignals } from './signals/agent-signals.ts'

/** Of the key by which names that nobody may read are hashed. */
export function hashKeyFileOf(stateDir: string): string {
  return `${stateDir}/name-hash.key`
}

/** Looks at nothing before it is started. */
export function prepareSignals(base: AgentBase): AgentSignals {
  const { first, faults, stateDir } = base
  return new AgentSignals({
    ...base,
    config: first,
    hashName: makeKeyedHash(hashKeyFileOf(stateDir)),
    onFault: (text) => faults.add('signals', text),
  })
}

/** What a group's defaults are made for. */
export function profileOf(group: string, { config }: PolicyKeeper): Profile | undefined {
  const profile = config.groups.get(group)?.profile
  return profile && defaultsOf(profile)
}
