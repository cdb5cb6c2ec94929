import type { LockedNames } from '#rules/locked-names.ts'
import type { AgentBase } from '../agent-base.ts'
import { LockedKeeper } from './locked-keeper.ts'

/** The locked bundle of an agent; how it stands is logged, and what is wrong is told as an event and shown as a fault. */
export function startLocked(
  { stateDir, clock, log, faults, bodies, changed }: AgentBase,
  onNames: (names: LockedNames) => void,
): LockedKeeper {
  const locked = new LockedKeeper({
    folder: stateDir,
    clock,
    onNames,
    onChange: (sentence, event) => {
      if (event?.state === 'in-force') log.info(sentence)
      else log.warn(sentence)
      if (!event) return
      bodies.push(event)
      if (event.state !== 'in-force') faults.add('locked', sentence)
      changed.tell()
    },
  })
  locked.start()
  return locked
}
