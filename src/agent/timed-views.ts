import { ConsoleNames } from '#rules/console-names.ts'
import {
  consoleRulesMax,
  firstConsoleEntry,
  firstReleasedEntry,
  releasedNamesMax,
} from '#rules/extra-entries.ts'
import type { SchoolEffect } from '#rules/list.ts'
import { localTimeAt } from '#rules/local-time.ts'
import { compileViewInSteps, type PolicyView } from '#rules/policy-view.ts'
import { ReleasedNames } from '#rules/released-names.ts'
import type { RuleIndex } from '#rules/rule-index.ts'
import { policyIn, type TimeState, timeStateOf } from '#rules/timed-policy.ts'
import { type ConsoleRule, effectOf } from './console-rules/console-rule.ts'
import type { ReadyConfig, ReadyGroup } from './policy/ready-config.ts'
import type { Release } from './releases/release.ts'

/** Views kept of one group; a day has a handful of states. */
const VIEWS_PER_GROUP_MAX = 32

type NameRelease = Release & { readonly target: { readonly kind: 'name' } }

/**
 * What each group sees, by the clock: one view for each state that a group's schedules can be in, compiled when it is first
 * needed. Made anew with every change of configuration, rules or releases; the turns of the clock only choose among them.
 */
export class TimedViews {
  readonly released: ReleasedNames | undefined
  readonly ofConsole: ConsoleNames | undefined
  readonly #config: ReadyConfig
  readonly #rules: RuleIndex
  readonly #releases: readonly Release[]
  readonly #names: readonly NameRelease[]
  readonly #consoleRules: readonly SchoolEffect[]
  /** When school rules go out of force, ascending. */
  readonly #untils: readonly number[]
  readonly #compiled = new Map<string, Map<string, PolicyView>>()
  #views: ReadonlyMap<string, PolicyView> = new Map()

  constructor(
    config: ReadyConfig,
    rules: RuleIndex,
    releases: readonly Release[],
    consoleRules: readonly ConsoleRule[] = [],
  ) {
    this.#config = config
    this.#rules = rules
    this.#releases = releases
    this.#names = releases
      .filter((one): one is NameRelease => one.target.kind === 'name')
      .slice(0, releasedNamesMax(rules))
    this.released =
      this.#names.length > 0
        ? new ReleasedNames(
            this.#names.map(({ target }) => target.name),
            firstReleasedEntry(rules),
          )
        : undefined
    const own = consoleRules.slice(0, consoleRulesMax(rules, this.#names.length))
    this.#consoleRules = own.map(effectOf)
    this.ofConsole =
      own.length > 0
        ? new ConsoleNames(
            own.map(({ name }) => name),
            firstConsoleEntry(rules, this.#names.length),
          )
        : undefined
    const effects = [...rules.entries.map(({ effect }) => effect), ...this.#consoleRules]
    const untils = effects.flatMap((effect) =>
      'until' in effect && effect.until !== undefined ? [effect.until] : [],
    )
    this.#untils = [...new Set(untils)].toSorted((a, b) => a - b)
  }

  /** The view of every group at a moment; the same object as before where nothing has changed. */
  at(wallMs: number): ReadonlyMap<string, PolicyView> {
    const { groups, timetable } = this.#config
    const time = localTimeAt(timetable.zone, wallMs)
    const views = new Map(
      [...groups].map(([group, policy]) => [
        group,
        this.#viewOf(policy, timeStateOf(policy, timetable, time), wallMs),
      ]),
    )
    const isSame = [...views].every(([group, view]) => this.#views.get(group) === view)
    if (!isSame) this.#views = views
    return this.#views
  }

  /** Compiles every group's view for a moment in short steps, so that `at` finds them ready. */
  *prepare(wallMs: number): Generator<undefined, void> {
    const { groups, timetable } = this.#config
    const time = localTimeAt(timetable.zone, wallMs)
    for (const policy of groups.values()) {
      yield* this.#viewInSteps(policy, timeStateOf(policy, timetable, time), wallMs)
      yield undefined
    }
  }

  #viewOf(policy: ReadyGroup, state: TimeState, wallMs: number): PolicyView {
    const steps = this.#viewInSteps(policy, state, wallMs)
    for (;;) {
      const { done, value } = steps.next()
      if (done) return value
    }
  }

  *#viewInSteps(
    policy: ReadyGroup,
    state: TimeState,
    wallMs: number,
  ): Generator<undefined, PolicyView> {
    const known = this.#compiled.get(policy.group) ?? new Map<string, PolicyView>()
    this.#compiled.set(policy.group, known)
    const key = `${state.key} ${this.#untils.filter((until) => until <= wallMs).length}`
    const before = known.get(key)
    if (before) return before
    if (known.size >= VIEWS_PER_GROUP_MAX) known.clear()
    const isOpen = ({ group }: Release): boolean => !state.isFrozen && group === policy.group
    const view = yield* compileViewInSteps(this.#rules, policyIn(policy, state), {
      nowMs: wallMs,
      releasedCategories: new Set(
        this.#releases
          .filter(isOpen)
          .flatMap(({ target }) => (target.kind === 'category' ? [target.category] : [])),
      ),
      releasedNames: this.#names.map(isOpen),
      consoleRules: this.#consoleRules,
    })
    known.set(key, view)
    return view
  }
}
