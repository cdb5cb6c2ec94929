import type { HiddenSchool } from '#domain/hidden-school.ts'
import type { IdentityStatus, ListStatus, MetricFamily, StatusReport } from '#domain/ingest.ts'
import type { LockedStatus } from '#domain/locked-status.ts'
import type { SetupItem } from '#domain/setup-item.ts'
import type { Clock } from '#platform/clock.ts'
import { productVersion } from '#platform/product-version.ts'
import { type CategoryId, isCategoryId, themesWithoutList } from '#rules/categories.ts'
import type { RuleIndex } from '#rules/rule-index.ts'
import type { Faults } from './faults.ts'
import type { LinkMonitor } from './link/link-monitor.ts'
import type { Outbox } from './outbox/outbox-contract.ts'
import type { PolicyKeeper } from './policy-keeper.ts'

/** What a report is made from. */
export interface ReportParts {
  readonly appliance: string
  readonly startedAt: number
  readonly clock: Clock
  readonly keeper: PolicyKeeper
  readonly link: () => LinkMonitor
  readonly outbox: Outbox
  readonly faults: Faults
  readonly identities: { readonly status: () => IdentityStatus }
  readonly locked: { readonly status: () => LockedStatus }
  readonly hiddenSchool: () => HiddenSchool | undefined
}

/** What is told of how the box is set up; absent where only the state is wanted. */
export interface Told {
  readonly metrics: readonly MetricFamily[]
  readonly setup?: readonly SetupItem[]
}

const FAULTS_TOLD_MAX = 20

/** The state of the appliance now: no looked-up name, no client. */
export function makeStatusReport(parts: ReportParts, { metrics, setup }: Told): StatusReport {
  const { appliance, startedAt, clock, keeper, link, outbox, faults, locked, identities } = parts
  const counters = outbox.counters()
  const hiddenSchool = parts.hiddenSchool()
  const lockedNow = locked.status()
  return {
    v: 1,
    appliance,
    at: clock.wallMs(),
    version: productVersion,
    node: process.version,
    startedAt,
    policy: keeper.config.policyId,
    lists: listStatuses(keeper.rules),
    themesWithoutList: themesWithoutList(categoriesCovered(keeper.rules, lockedNow)),
    locked: lockedNow,
    ...(hiddenSchool && { hiddenSchool }),
    link: link().status(),
    identity: identities.status(),
    outbox: { waiting: counters.waiting, dropped: counters.dropped },
    faults: [...faults.all(), ...outbox.faults()]
      .toSorted((a, b) => b.at - a.at)
      .slice(0, FAULTS_TOLD_MAX),
    ...(setup && { setup }),
    metrics,
  }
}

/** What some list has real names of; the locked bundle is one. */
export function categoriesCovered(rules: RuleIndex, locked: LockedStatus): ReadonlySet<CategoryId> {
  const names: Readonly<Record<string, number>> = locked.kind === 'in-force' ? locked.names : {}
  const ids = Object.keys(names).filter((id) => (names[id] ?? 0) > 0)
  return new Set([...rules.categoriesPresent, ...ids.filter(isCategoryId)])
}

/** The lists in force, the shipped ones included; the manifest's lines of hostile text stay here. */
function listStatuses(rules: RuleIndex): readonly ListStatus[] {
  return rules.lists.map((list) => ({
    id: list.id,
    title: list.title,
    licence: list.licence,
    source: list.source,
    version: list.version,
    categories: list.categories,
    names: list.names,
    refusedLines: list.refusedLines,
    updatedAt: list.updatedAt,
  }))
}
