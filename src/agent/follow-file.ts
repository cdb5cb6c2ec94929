import type { AgentBase } from './agent-base.ts'
import { followConfig } from './follow-config.ts'
import type { ReadyConfig } from './policy/ready-config.ts'
import type { PolicyKeeper } from './policy-keeper.ts'

/** Follows the configuration's file, and reads it again when told, also by SIGHUP. */
export function followFile(
  { config: source, timetable, faults, log, bodies }: AgentBase,
  keeper: PolicyKeeper,
  use: (config: ReadyConfig) => void,
): { readonly reload: () => void; readonly close: () => void } {
  const follow = followConfig({ source, timetable, keeper, faults, log, tell: bodies.push, use })
  const hangUp = (): void => follow.reload()
  process.on('SIGHUP', hangUp)
  return {
    reload: hangUp,
    close: () => {
      process.off('SIGHUP', hangUp)
      follow.close()
    },
  }
}
