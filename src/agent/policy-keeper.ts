import type { Clock } from '#platform/clock.ts'
import type { LockedNames } from '#rules/locked-names.ts'
import type { RuleIndex } from '#rules/rule-index.ts'
import type { ActivePolicy, PolicySlot } from './active-policy.ts'
import { makeActivePolicy } from './make-active-policy.ts'
import type { ReadyConfig } from './policy/ready-config.ts'
import type { Release } from './releases/release.ts'
import { TimedViews } from './timed-views.ts'

interface KeeperOptions {
  readonly clock: Clock
  readonly releases?: readonly Release[]
  readonly locked?: LockedNames | undefined
}

/** Puts configuration, rules, the locked bundle and releases in force, whichever has changed, and follows the clock. */
export class PolicyKeeper {
  readonly slot: PolicySlot
  readonly #clock: Clock
  #config: ReadyConfig
  #releases: readonly Release[]
  #views: TimedViews
  #locked: LockedNames | undefined
  /** Why the newest version of the file is not in use; empty when it is. */
  refused: readonly string[] = []

  constructor(
    config: ReadyConfig,
    rules: RuleIndex,
    { clock, releases = [], locked }: KeeperOptions,
  ) {
    this.#clock = clock
    this.#config = config
    this.#releases = releases
    this.#locked = locked
    this.#views = new TimedViews(config, rules, releases)
    const parts = { views: this.#views, wallMs: clock.wallMs(), locked }
    this.slot = { current: makeActivePolicy(config, rules, 1, parts) }
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
  }

  useRules(rules: RuleIndex): void {
    this.#swap(rules)
  }

  /** A newer bundle; there is no way to be without one again. */
  useLocked(locked: LockedNames): void {
    this.#locked = locked
    this.#swap(this.rules)
  }

  useReleases(releases: readonly Release[]): void {
    this.#releases = releases
    this.#swap(this.rules)
  }

  /** Gives each group the view that the clock has for it now; most of the time it is the one that it has. */
  followClock(): void {
    this.slot.current.clients.useViews(this.#views.at(this.#clock.wallMs()))
  }

  /** The policy as it would be at another moment, with today's rules and with the releases that are known of. */
  policyAt(wallMs: number): ActivePolicy {
    const views = new TimedViews(this.#config, this.rules, releasesAt(this.#releases, wallMs))
    const { generation } = this.slot.current
    const parts = { views, wallMs, locked: this.#locked }
    return makeActivePolicy(this.#config, this.rules, generation, parts)
  }

  /** A new generation even where only the policy changed: one number to go by. */
  #swap(rules: RuleIndex): void {
    const { generation } = this.slot.current
    this.#views = new TimedViews(this.#config, rules, this.#releases)
    const parts = { views: this.#views, wallMs: this.#clock.wallMs(), locked: this.#locked }
    this.slot.current = makeActivePolicy(this.#config, rules, generation + 1, parts)
  }
}

/** Those in force at a moment. */
export function releasesAt(releases: readonly Release[], wallMs: number): readonly Release[] {
  return releases.filter(({ grantedAt, endsAt }) => grantedAt <= wallMs && wallMs < endsAt)
}
