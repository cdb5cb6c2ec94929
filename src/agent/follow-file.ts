import type { AgentBase } from './agent-base.ts'
import { followConfig } from './follow-config.ts'
import type { ReadyConfig } from './policy/ready-config.ts'
import type { PolicyKeeper } from './policy-keeper.ts'

/** Follows the configuration's file, and reads it again when told by SIGHUP. The answer ends that. */
export function followFile(
  { config: source, faults, log, bodies }: AgentBase,
  keeper: PolicyKeeper,
  use: (config: ReadyConfig) => void,
): () => void {
  const follow = followConfig({ source, keeper, faults, log, tell: bodies.push, use })
  const hangUp = (): void => follow.reload()
  process.on('SIGHUP', hangUp)
  return () => {
    process.off('SIGHUP', hangUp)
    follow.close()
  }
}
