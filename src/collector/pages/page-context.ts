import { plainText } from '#console/present/plain-text.ts'
import type { PlainTime } from '#console/present/plain-time.ts'
import type { Wording } from '#console/present/wording.ts'
import type { Proof } from '#console/views.ts'
import { common } from '#console/words/common.ts'
import { event } from '#console/words/event.ts'
import { fill } from '#console/words/fill.ts'
import type { Enrolment } from '#domain/ingest.ts'
import type { Clock } from '#platform/clock.ts'
import { categoryOf } from '#rules/categories.ts'
import type { Accounts } from '../accounts/accounts.ts'
import type { AlertReads } from '../alerts/alert-reads.ts'
import type { ThemeReads } from '../alerts/theme-reads.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import type { CollectorLimits } from '../config/collector-limits.ts'
import type { Enrolments } from '../enrol/enrolments.ts'
import type { Evidence } from '../evidence/evidence.ts'
import type { FleetWatch } from '../fleet/fleet-watch.ts'
import type { Notify } from '../notify/notify.ts'
import type { Passkeys } from '../passkeys/passkeys.ts'
import type { Policy } from '../policy/policy.ts'
import type { Provider } from '../provider/provider.ts'
import type { ReportReads } from '../reports/report-reads.ts'
import type { Sessions } from '../sign-in/sessions.ts'
import type { CollectorStore, Gap } from '../store/collector-store.ts'

/** What every page is made from. */
export interface PageContext {
  readonly store: CollectorStore
  readonly alertReads: AlertReads
  readonly themeReads: ThemeReads
  readonly reports: ReportReads
  readonly evidence: Evidence
  /** Who may be told, and the browsers by which. */
  readonly notices: Pick<Notify, 'people' | 'subscribed' | 'pushKey'>
  readonly tenant: string
  /** Its name, for documents; empty where nobody said. */
  readonly school: string
  readonly enrolments: Enrolments
  readonly watch: FleetWatch
  readonly clock: Clock
  readonly limits: CollectorLimits
  readonly time: PlainTime
  readonly release: string
  readonly accounts: Accounts
  readonly passkeys: Passkeys
  readonly provider: Provider | undefined
  readonly sessions: Sessions
  readonly audit: AuditLog
  readonly policy: Policy
  /** User names of heads, in lower case. */
  readonly heads: ReadonlySet<string>
}

/** The tenant's boxes by name. */
export function boxesOf({ enrolments, tenant }: PageContext): readonly Enrolment[] {
  return enrolments
    .all()
    .filter((one) => one.tenant === tenant)
    .toSorted(
      (a, b) => a.name.localeCompare(b.name, 'en-GB') || (a.appliance < b.appliance ? -1 : 1),
    )
}

/** Words and clock for one page. */
export function wordingOf({ time, clock }: PageContext, boxes: readonly Enrolment[]): Wording {
  const names = new Map(boxes.map(({ appliance, name }) => [appliance, name]))
  return {
    time,
    nowMs: clock.wallMs(),
    boxName: (appliance) => names.get(appliance) ?? fill(common.boxNotEnrolled, { appliance }),
    category: (id) =>
      categoryOf(id) ?? {
        title: plainText(id, 60),
        sentence: fill(event.unknownCategory, { category: plainText(id, 60) }),
      },
  }
}

const REFUSAL_COUNTS_MS = 7 * 86_400_000

/** What shows that the boxes are there and report. */
export async function proofOf(
  { watch, store, tenant }: PageContext,
  boxes: readonly Enrolment[],
  gaps: readonly Gap[],
  { time, nowMs }: Wording,
): Promise<Proof> {
  const [lastFault] = await store.ingestFaults(tenant, 1)
  const hasRefused = lastFault !== undefined && nowMs - lastFault.lastAt < REFUSAL_COUNTS_MS
  const heard = boxes.flatMap(({ appliance }) => watch.lastHeard(appliance) ?? [])
  const online = heard.filter(({ at }) => !watch.isSilent(at))
  const last = heard.reduce((newest, { at }) => Math.max(newest, at), 0)
  const missing = gaps.reduce((sum, gap) => sum + gap.missing, 0)
  const struggling = online.filter(
    ({ report: { link } }) => link.cause === 'agent' && link.state !== 'up',
  ).length
  const blind = new Set(online.flatMap(({ report }) => report.themesWithoutList)).size
  const isComplete = boxes.length > 0 && online.length === boxes.length
  return {
    boxes: boxes.length,
    online: online.length,
    lastHeard: last === 0 ? undefined : time.at(last, nowMs),
    missing,
    struggling,
    hasRefused,
    blind,
    isWell: isComplete && missing === 0 && struggling === 0 && !hasRefused,
  }
}
