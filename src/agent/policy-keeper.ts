import type { Clock } from '#platform/clock.ts'
import type { RuleIndex } from '#rules/rule-index.ts'
import type { ActivePolicy, PolicySlot } from './active-policy.ts'
import type { PolicyChange } from './fastpath/policy-change.ts'
import { makeActivePolicy } from './make-active-policy.ts'
import type { ReadyConfig } from './policy/ready-config.ts'
import type { Release } from './releases/release.ts'
import { TimedViews } from './timed-views.ts'

/** Puts configuration, rules and releases in force, whichever has changed, and follows the clock. */
export class PolicyKeeper {
  readonly slot: PolicySlot
  readonly #clock: Clock
  #config: ReadyConfig
  #releases: readonly Release[]
  #views: TimedViews
  readonly #listeners: ((change: PolicyChange) => void)[] = []
  /** Why the newest version of the file is not in use; empty when it is. */
  refused: readonly string[] = []

  constructor(
    config: ReadyConfig,
    rules: RuleIndex,
    { clock, releases = [] }: { readonly clock: Clock; readonly releases?: readonly Release[] },
  ) {
    this.#clock = clock
    this.#config = config
    this.#releases = releases
    this.#views = new TimedViews(config, rules, releases)
    const timed = { views: this.#views, wallMs: clock.wallMs() }
    this.slot = { current: makeActivePolicy(config, rules, 1, timed) }
  }

  get config(): ReadyConfig {
    return this.#config
  }

  get rules(): RuleIndex {
    return this.slot.current.rules
  }

  /** Those that count now. */
  get releases(): readonly Release[] {
    return this.#releases
  }

  useConfig(config: ReadyConfig): void {
    this.#config = config
    this.refused = []
    this.#swap(this.rules)
    this.#tell({ kind: 'config', config })
  }

  useRules(rules: RuleIndex): void {
    this.#swap(rules)
    this.#tell({ kind: 'rules', parts: rules.parts })
  }

  useReleases(releases: readonly Release[]): void {
    this.#releases = releases
    this.#swap(this.rules)
    this.#tell({ kind: 'releases', releases })
  }

  /** Gives each group the view that the clock has for it now; most of the time it is the one that it has. */
  followClock(): void {
    this.slot.current.clients.useViews(this.#views.at(this.#clock.wallMs()))
    this.#tell({ kind: 'clock' })
  }

  /** Tells of every change from now on, after it is in force here. */
  onChange(listener: (change: PolicyChange) => void): void {
    this.#listeners.push(listener)
  }

  /** Everything that is in force, as changes from nothing. */
  changes(): readonly PolicyChange[] {
    return [
      { kind: 'config', config: this.#config },
      { kind: 'rules', parts: this.rules.parts },
      { kind: 'releases', releases: this.#releases },
    ]
  }

  #tell(change: PolicyChange): void {
    for (const listener of this.#listeners) listener(change)
  }

  /** The policy as it would be at another moment, with today's rules and with the releases that are known of. */
  policyAt(wallMs: number): ActivePolicy {
    const views = new TimedViews(this.#config, this.rules, releasesAt(this.#releases, wallMs))
    const { generation } = this.slot.current
    return makeActivePolicy(this.#config, this.rules, generation, { views, wallMs })
  }

  /** A new generation even where only the policy changed: one number to go by. */
  #swap(rules: RuleIndex): void {
    const { generation } = this.slot.current
    this.#views = new TimedViews(this.#config, rules, this.#releases)
    const timed = { views: this.#views, wallMs: this.#clock.wallMs() }
    this.slot.current = makeActivePolicy(this.#config, rules, generation + 1, timed)
  }
}

/** Those in force at a moment. */
export function releasesAt(releases: readonly Release[], wallMs: number): readonly Release[] {
  return releases.filter(({ grantedAt, endsAt }) => grantedAt <= wallMs && wallMs < endsAt)
}
