import type { Clock } from '#platform/clock.ts'
import type { Sqlite } from '#platform/sqlite.ts'
import type { Enrolments } from './enrol/enrolments.ts'
import type { CollectorMetrics } from './metrics/collector-metrics.ts'
import { registerPolicyMetrics } from './metrics/policy-metrics.ts'
import { makePolicy, type Policy } from './policy/policy.ts'

/** What people allow and deny for a tenant's boxes, with its figures. */
export function startPolicy(
  { db, clock }: { readonly db: Sqlite; readonly clock: Clock },
  tenant: string,
  { enrolments, metrics }: { readonly enrolments: Enrolments; readonly metrics: CollectorMetrics },
): Policy {
  const appliances = (): readonly string[] =>
    enrolments
      .all()
      .filter((one) => one.tenant === tenant)
      .map(({ appliance }) => appliance)
  const policy = makePolicy({ db, tenant, clock, appliances })
  registerPolicyMetrics(metrics.registry, policy, { appliances, clock })
  return policy
}
