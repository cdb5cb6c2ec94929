import type { Clock } from '#platform/clock.ts'
import type { LockedNames } from '#rules/locked-names.ts'
import type { RuleIndex } from '#rules/rule-index.ts'
import type { ActivePolicy, PolicySlot } from './active-policy.ts'
import type { ConsoleRule } from './console-rules/console-rule.ts'
import { configChange, type PolicyChange } from './fastpath/policy-change.ts'
import { type AskedCount, AskedCounts } from './identity/asked-counts.ts'
import type { Assignment, AssignmentRow } from './identity/assignment.ts'
import { makeActivePolicy } from './make-active-policy.ts'
import type { ReadyConfig } from './policy/ready-config.ts'
import type { Release } from './releases/release.ts'
import { TimedViews } from './timed-views.ts'

interface KeeperOptions {
  readonly clock: Clock
  readonly releases?: readonly Release[]
  readonly locked?: LockedNames | undefined
  readonly consoleRules?: readonly ConsoleRule[]
}

/** Puts configuration, rules, the locked bundle, releases and the console's rules in force, whichever has changed, and follows the clock. */
export class PolicyKeeper {
  readonly slot: PolicySlot
  readonly #clock: Clock
  #config: ReadyConfig
  #releases: readonly Release[]
  #consoleRules: readonly ConsoleRule[]
  #views: TimedViews
  readonly #listeners: ((change: PolicyChange) => void)[] = []
  #locked: LockedNames | undefined
  readonly #assigned = new Map<string, Assignment>()
  readonly #asked = new AskedCounts()
  /** Rules whose views are being made. */
  #coming: RuleIndex | undefined
  /** Why the newest version of the file is not in use; empty when it is. */
  refused: readonly string[] = []

  constructor(
    config: ReadyConfig,
    rules: RuleIndex,
    { clock, releases = [], locked, consoleRules = [] }: KeeperOptions,
  ) {
    this.#clock = clock
    this.#config = config
    this.#releases = releases
    this.#consoleRules = consoleRules
    this.#locked = locked
    this.#views = new TimedViews(config, rules, releases, consoleRules)
    const parts = { ...this.#parts(), views: this.#views, wallMs: clock.wallMs() }
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

  get consoleRules(): readonly ConsoleRule[] {
    return this.#consoleRules
  }

  /** Listeners stay as they are until the next start, and so does what clients are told of them. */
  useConfig(next: ReadyConfig): void {
    const config = { ...next, listen: this.#config.listen }
    this.#config = config
    this.refused = []
    this.#swap(this.rules)
    this.#tell(configChange(config))
  }

  /** Puts rules in force in one step; for a thread that has nothing else to do, and for tests. */
  useRulesAtOnce(rules: RuleIndex): void {
    this.#coming = undefined
    this.#swap(rules)
    this.#tell({ kind: 'rules', parts: rules.parts })
  }

  /**
   * Puts new rules in force as soon as every group's view of them is ready. They are made in short steps with a `pause` between, in
   * which queries are answered by what stands. False where newer rules have come meanwhile, which will be in force instead.
   */
  async useRules(rules: RuleIndex, pause: () => Promise<void>): Promise<boolean> {
    this.#coming = rules
    for (;;) {
      const { releases, consoleRules } = this
      const config = this.#config
      const views = new TimedViews(config, rules, releases, consoleRules)
      for (const _ of views.prepare(this.#clock.wallMs())) {
        await pause()
        if (this.#coming !== rules) return false
      }
      // A policy that has changed meanwhile has other views.
      const isSame = this.#releases === releases && this.#consoleRules === consoleRules
      if (this.#config !== config || !isSame) continue
      this.#coming = undefined
      this.#swap(rules, views)
      this.#tell({ kind: 'rules', parts: rules.parts })
      return true
    }
  }

  /** A newer bundle; there is no way to be without one again. */
  useLocked(locked: LockedNames): void {
    this.#locked = locked
    this.#swap(this.rules)
    this.#tell({ kind: 'locked', rows: locked.rows })
  }

  useReleases(releases: readonly Release[]): void {
    this.#releases = releases
    this.#swap(this.rules)
    this.#tell({ kind: 'releases', releases })
  }

  /** What people allow and deny in the console, the whole of it; in force with the next query. */
  useConsoleRules(rules: readonly ConsoleRule[]): void {
    this.#consoleRules = rules
    this.#swap(this.rules)
    this.#tell({ kind: 'console-rules', rules })
  }

  /** Who asks from where; in force with the next query. */
  useAssignments(rows: readonly AssignmentRow[]): void {
    for (const [key, assignment] of rows) {
      if (assignment) this.#assigned.set(key, assignment)
      else this.#assigned.delete(key)
    }
    this.slot.current.clients.reassign(new Set(rows.map(([key]) => key)))
    this.#tell({ kind: 'assignments', rows })
  }

  /** Who has asked how often in this thread since it was last taken. */
  takeAsked(): readonly AskedCount[] {
    this.slot.current.clients.countAsked()
    return this.#asked.take()
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
      configChange(this.#config),
      { kind: 'rules', parts: this.rules.parts },
      { kind: 'releases', releases: this.#releases },
      { kind: 'console-rules', rules: this.#consoleRules },
      { kind: 'assignments', rows: [...this.#assigned] },
      ...(this.#locked ? [{ kind: 'locked' as const, rows: this.#locked.rows }] : []),
    ]
  }

  #tell(change: PolicyChange): void {
    for (const listener of this.#listeners) listener(change)
  }

  /** The policy as it would be at another moment, or with other rules of the console; with today's rules and the releases that are known of. */
  policyAt(
    wallMs: number,
    consoleRules: readonly ConsoleRule[] = this.#consoleRules,
  ): ActivePolicy {
    const releases = releasesAt(this.#releases, wallMs)
    const views = new TimedViews(this.#config, this.rules, releases, consoleRules)
    const { generation } = this.slot.current
    const parts = { ...this.#parts(), views, wallMs }
    return makeActivePolicy(this.#config, this.rules, generation, parts)
  }

  /** A new generation even where only the policy changed: one number to go by. */
  #swap(
    rules: RuleIndex,
    views: TimedViews = new TimedViews(this.#config, rules, this.#releases, this.#consoleRules),
  ): void {
    const { generation } = this.slot.current
    this.#views = views
    const parts = { ...this.#parts(), views: this.#views, wallMs: this.#clock.wallMs() }
    this.slot.current.clients.countAsked()
    this.slot.current = makeActivePolicy(this.#config, rules, generation + 1, parts)
  }

  /** What is not made anew with each policy. */
  #parts() {
    return { locked: this.#locked, assigned: this.#assigned, asked: this.#asked }
  }
}

/** Those in force at a moment. */
export function releasesAt(releases: readonly Release[], wallMs: number): readonly Release[] {
  return releases.filter(({ grantedAt, endsAt }) => grantedAt <= wallMs && wallMs < endsAt)
}
