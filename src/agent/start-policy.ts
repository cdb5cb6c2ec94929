/** The parts that decide: lists and their supply, compiled rules, locked names, releases, and the policy made of them. */
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { productVersion } from '#platform/product-version.ts'
import { randomFraction } from '#platform/random.ts'
import type { AgentBase } from './agent-base.ts'
import type { LockedKeeper } from './locked/locked-keeper.ts'
import { startLocked } from './locked/start-locked.ts'
import { PolicyKeeper } from './policy-keeper.ts'
import { openReleases } from './releases/open-releases.ts'
import type { ReleaseBook } from './releases/release-book.ts'
import { RuleStore } from './rules/rule-store.ts'
import { ListSupply } from './supply/list-supply.ts'

export interface PolicyParts {
  readonly locked: LockedKeeper
  readonly keeper: PolicyKeeper
  readonly rules: RuleStore
  readonly supply: ListSupply
  readonly book: ReleaseBook
}

/** Lists -> rules -> the policy in force, with the locked names and the releases beside them. */
export function startPolicy(base: AgentBase): PolicyParts {
  const { first, clock, stateDir, log, faults, bodies, changed, rulesFile } = base
  const rules = new RuleStore({
    stateDir,
    product: productVersion,
    clock,
    log,
    onRules: (index, durationMs) => {
      keeper
        .useRules(index, () => nextTurn())
        .then(
          (isInForce) => {
            if (!isInForce) return
            bodies.push({
              kind: 'lists-compiled',
              names: index.names,
              lists: index.lists.length,
              refusedLines: index.lists.reduce((sum, { refusedLines }) => sum + refusedLines, 0),
              durationMs: Math.round(durationMs),
            })
            changed.tell()
          },
          (error: unknown) => {
            faults.add('rules', 'compiled rules could not be put in force; the old ones stay')
            log.error({ err: error }, 'rules not put in force')
          },
        )
    },
    onFault: (text) => {
      faults.add('rules', text)
      log.warn(text)
    },
  })
  const book = openReleases(join(stateDir, 'releases.json'), clock, (text) =>
    faults.add('releases', text),
  )
  const locked = startLocked(base, (names) => keeper.useLocked(names))
  const keeper = new PolicyKeeper(first, rules.start(), {
    clock,
    releases: book.all(),
    locked: locked.names,
    consoleRules: rulesFile.kept?.rules ?? [],
  })
  return { locked, keeper, rules, supply: startSupply(base, rules), book }
}

function startSupply(base: AgentBase, rules: RuleStore): ListSupply {
  const { first, clock, stateDir, log, faults, bodies, changed } = base
  const supply = new ListSupply({
    stateDir,
    clock,
    log,
    fraction: randomFraction,
    tell: (body) => {
      bodies.push(body)
      changed.tell()
    },
    onFault: (text) => faults.add('lists', text),
    onChange: (config) => rules.use(config, supply.inForce()),
  })
  supply.start(first)
  return supply
}
