import type { AgentBase } from './agent-base.ts'
import type { ReadyConfig } from './policy/ready-config.ts'
import type { PolicyKeeper } from './policy-keeper.ts'

/** So often the main thread counts who has asked it. */
const COUNT_EVERY_MS = 5_000

export interface RunningIdentity {
  readonly use: (config: ReadyConfig) => void
  readonly close: () => void
}

/** Puts who asks from where in force, and begins to hear of it. */
export function startIdentity({ identities }: AgentBase, keeper: PolicyKeeper): RunningIdentity {
  identities.assignTo((rows) => keeper.useAssignments(rows))
  const counting = setInterval(() => identities.noteAsked(keeper.takeAsked()), COUNT_EVERY_MS)
  return {
    use: (config) => identities.use(config),
    close: () => {
      clearInterval(counting)
      identities.close()
    },
  }
}
