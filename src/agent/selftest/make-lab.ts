import { setImmediate as nextTurn } from 'node:timers/promises'
import { failure } from '#domain/failure.ts'
import type { Clock } from '#platform/clock.ts'
import type { PolicyKeeper } from '../policy-keeper.ts'
import { type Asker, makeRehearsal, type RehearsalParts } from '../rehearse/rehearsal.ts'
import type { AskUpstream } from '../stages/forward.ts'
import { type Lab, type Seen, seenOf, wireOf } from './lab.ts'
import type { TargetState } from './reach-targets.ts'

/** Questions asked before clients' own are given a turn. */
const QUESTIONS_A_TURN = 10

export interface LabParts {
  readonly rehearsal: RehearsalParts
  readonly keeper: PolicyKeeper
  readonly clock: Clock
}

/** Makes the checks' lab of the policy of the moment. Where no target was reached, no upstream is asked. */
export function makeLab(
  { rehearsal, keeper, clock }: LabParts,
  targets: ReadonlyMap<string, TargetState>,
): Lab {
  const hasInternet = [...targets.values()].some(({ kind }) => kind !== 'not-reached')
  const rehearse = makeRehearsal(hasInternet ? rehearsal : { ...rehearsal, ask: nobodyAnswers })
  let asked = 0
  const ask = async (asker: Asker, name: string, type: number): Promise<Seen> => {
    if (++asked % QUESTIONS_A_TURN === 0) await nextTurn()
    return seenOf(await rehearse({ asker, name: wireOf(name), type }))
  }
  return {
    config: keeper.config,
    policy: keeper.slot.current,
    releases: keeper.releases,
    wallMs: clock.wallMs(),
    targets,
    hasInternet,
    ask: (group, name, type) => ask({ kind: 'group', group }, name, type),
    askAs: (address, name, type) => ask({ kind: 'client', address }, name, type),
  }
}

const nobodyAnswers: AskUpstream = () =>
  Promise.resolve(failure('no-upstream', 'no upstream answered before'))
