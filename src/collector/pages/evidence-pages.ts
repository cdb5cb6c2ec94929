import type { DocumentPlan } from '#console/document-plan.ts'
import type {
  ChecksView,
  CheckView,
  DecisionsView,
  DecisionView,
  HandOverView,
  NewCheckView,
  NewDecisionView,
  ReviewView,
} from '#console/evidence-views.ts'
import type { Viewer } from '../accounts/viewer.ts'
import type { CheckSubject } from '../evidence/check-subjects.ts'
import type { Expected } from '../evidence/check-words.ts'
import { checkPage } from './check-page.ts'
import type { Sent } from './checked-fields.ts'
import { checksPage } from './checks-page.ts'
import { decisionPage, newDecisionPage } from './decision-page.ts'
import { decisionsPage } from './decisions-page.ts'
import { handOverCsv, handOverPage, handOverPlan } from './hand-over-page.ts'
import { newCheckPage, tryCheckPage } from './new-check-page.ts'
import type { PageContext } from './page-context.ts'
import { reportPlan } from './report-plan.ts'
import { reviewPage, reviewParts, reviewPlan } from './review-page.ts'

/** One check or decision, and the form about it where it was refused. */
interface OneAsked {
  readonly id: string
  readonly sent?: Sent | undefined
}

/** Pages by which a school shows that its filter works, and why it is as it is. */
export interface EvidencePages {
  readonly checks: (viewer: Viewer, query: unknown) => ChecksView
  readonly check: (viewer: Viewer, asked: OneAsked) => CheckView | undefined
  readonly newCheck: (sent: Sent) => Promise<NewCheckView>
  readonly tryCheck: (
    carried: Readonly<Record<string, string>>,
    asked: { readonly subject: CheckSubject; readonly expected: Expected; readonly sent: Sent },
  ) => NewCheckView
  readonly decisions: (viewer: Viewer, query: unknown) => DecisionsView
  readonly decision: (viewer: Viewer, asked: OneAsked) => DecisionView | undefined
  readonly newDecision: (sent: Sent) => NewDecisionView
  /** Undefined where there is no such alert, or it is not for this viewer to take; as below. */
  readonly handOver: (viewer: Viewer, id: string) => HandOverView | undefined
  readonly handOverPlan: (viewer: Viewer, id: string) => DocumentPlan | undefined
  readonly handOverCsv: (viewer: Viewer, id: string) => string | undefined
  readonly review: (viewer: Viewer, query: unknown, sent?: Sent) => ReviewView
  /** What of it is signed; undefined where the days make no sense. */
  readonly reviewParts: (query: unknown) => ReturnType<typeof reviewParts>
  /** To be printed; undefined where the days make no sense. */
  readonly reviewPlan: (viewer: Viewer, query: unknown) => DocumentPlan | undefined
  readonly reportPlan: (viewer: Viewer, query: unknown) => Promise<DocumentPlan | undefined>
}

export function makeEvidencePages(context: PageContext): EvidencePages {
  return {
    checks: (viewer, query) => checksPage(context, viewer, query),
    check: (viewer, asked) => checkPage(context, viewer, asked),
    newCheck: (sent) => newCheckPage(context, sent),
    tryCheck: tryCheckPage,
    decisions: (viewer, query) => decisionsPage(context, viewer, query),
    decision: (viewer, asked) => decisionPage(context, viewer, asked),
    newDecision: newDecisionPage,
    handOver: (viewer, id) => handOverPage(context, viewer, id),
    handOverPlan: (viewer, id) => handOverPlan(context, viewer, id),
    handOverCsv: (viewer, id) => handOverCsv(context, viewer, id),
    review: (viewer, query, sent) => reviewPage(context, viewer, query, sent),
    reviewParts: (query) => reviewParts(context, query),
    reviewPlan: (viewer, query) => reviewPlan(context, viewer, query),
    reportPlan: (viewer, query) => reportPlan(context, viewer, query),
  }
}
