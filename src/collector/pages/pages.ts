import type { FieldProblem } from '#console/account-views.ts'
import { makeGuide } from '#console/guide.ts'
import { plainText } from '#console/present/plain-text.ts'
import { makeRenderer } from '#console/renderer.ts'
import type { Frame, View } from '#console/views.ts'
import { fill } from '#console/words/fill.ts'
import { layout } from '#console/words/layout.ts'
import type { Viewer } from '../accounts/viewer.ts'
import { type AccountRefused, accountsPage } from './accounts-page.ts'
import { type AlertAsked, alertPage } from './alert-page.ts'
import { alertsPage } from './alerts-page.ts'
import { appliancePart, appliancesNeeds, appliancesPage } from './appliances-page.ts'
import { type AuditAsked, alertChangesPage, auditCsv, auditPage } from './audit-page.ts'
import { devicesCsv } from './devices-csv.ts'
import { devicePage, devicesPage } from './devices-page.ts'
import { digestPage } from './digest-page.ts'
import { eventPage, eventsPage } from './events-page.ts'
import { type EvidencePages, makeEvidencePages } from './evidence-pages.ts'
import { knowledgePage } from './knowledge-page.ts'
import { networksPage } from './networks-page.ts'
import { noticesPage } from './notices-page.ts'
import { overBlocksPage } from './over-blocks-page.ts'
import { ownAccountPage } from './own-account-page.ts'
import { boxesOf, type PageContext, wordingOf } from './page-context.ts'
import { knownGroups, type PolicyGiven, policyPage } from './policy-page.ts'
import { type ReleasesGiven, releasesPage } from './releases-page.ts'
import { reportPage, tellingFor } from './report-page.ts'
import { type RequestRefused, requestsPage } from './requests-page.ts'
import { setupPage } from './setup-page.ts'
import { type ThemesRefused, themesPage } from './themes-page.ts'
import { type TimetableGiven, timetablePage } from './timetable-page.ts'
import { todayPage } from './today-page.ts'
import { type WaysInAsked, waysInPage } from './ways-in-page.ts'
import { whyPage } from './why-page.ts'

/** Who asks for a page, by name where signed in, and what is open to them. */
export type Asker = Omit<Frame, 'printed'> & { readonly who: string }

/** The console's pages as views, and the renderer that makes HTML of them. */
export interface Pages {
  readonly render: (view: View, asker: Asker) => string
  /** The first page. */
  readonly today: (viewer: Viewer, isPart: boolean) => Promise<View>
  readonly digest: (viewer: Viewer, query: unknown) => Promise<View>
  /** Numbers alone. */
  readonly report: (viewer: Viewer, query: unknown) => Promise<View>
  readonly evidence: EvidencePages
  readonly events: (viewer: Viewer, query: unknown, isPart: boolean) => Promise<View>
  readonly event: (viewer: Viewer, id: string, isPart: boolean) => Promise<View | undefined>
  readonly alerts: (viewer: Viewer, query: unknown, isPart: boolean) => View
  readonly alert: (viewer: Viewer, asked: AlertAsked) => View | undefined
  readonly themes: (viewer: Viewer, refused?: ThemesRefused) => Promise<View>
  /** `problem` is why the last form was refused, in words, as below. */
  readonly notices: (viewer: Viewer, problem: string | undefined) => View
  readonly accounts: (viewer: Viewer, refused?: AccountRefused) => View
  /** Undefined for the one-time code alone. */
  readonly ownAccount: (
    viewer: Viewer,
    problem: FieldProblem | undefined,
  ) => Promise<View | undefined>
  readonly waysIn: (viewer: Viewer, asked: WaysInAsked) => View | undefined
  readonly audit: (asked: AuditAsked) => View
  readonly alertChanges: (asked: AuditAsked) => View
  /** A file. */
  readonly auditCsv: () => string
  readonly appliances: (after: string) => Promise<View>
  readonly appliancesNeeds: () => Promise<View>
  readonly appliance: (id: string) => Promise<View | undefined>
  readonly devices: (query: unknown, isPart: boolean) => Promise<View>
  readonly device: (
    id: string,
    asked: { readonly box: string; readonly isPart: boolean },
  ) => Promise<View | undefined>
  /** A file; undefined when no box has told of devices. */
  readonly devicesCsv: (query: unknown) => Promise<string | undefined>
  readonly networks: (box: string, isPart: boolean) => Promise<View>
  readonly policy: (viewer: Viewer, given?: PolicyGiven) => View
  readonly policyGroups: () => readonly string[]
  readonly overBlocks: (query: unknown) => View
  readonly releases: (given?: ReleasesGiven) => View
  /** As it was enrolled: hostile text. */
  readonly boxName: (appliance: string) => string
  readonly timetable: (viewer: Viewer, given?: TimetableGiven) => View
  readonly why: (query: unknown) => Promise<View>
  readonly requests: (viewer: Viewer, refused?: RequestRefused) => View
  /** How devices become known, for school IT. */
  readonly guide: () => View
  readonly knowledge: (box: string) => Promise<View>
  readonly setup: (box: string) => View
}

export function makePages(context: PageContext): Pages {
  const guide = makeGuide()
  const render = makeRenderer()
  return {
    render: (view, { who, ...frame }) =>
      render(view, { ...frame, printed: printedBy(context, who) }),
    today: (viewer, isPart) => todayPage(context, viewer, isPart),
    digest: (viewer, query) => digestPage(context, viewer, query),
    report: (viewer, query) => reportPage(context, tellingFor(viewer), query),
    evidence: makeEvidencePages(context),
    events: (viewer, query, isPart) => eventsPage(context, viewer, query, isPart),
    event: (viewer, id, isPart) => eventPage(context, viewer, { id, isPart }),
    alerts: (viewer, query, isPart) => alertsPage(context, viewer, query, isPart),
    alert: (viewer, asked) => alertPage(context, viewer, asked),
    themes: (viewer, refused) => themesPage(context, viewer, refused),
    notices: (viewer, problem) => noticesPage(context, viewer, problem),
    accounts: (viewer, refused) => accountsPage(context, viewer, refused),
    ownAccount: (viewer, problem) => ownAccountPage(context, viewer, problem),
    waysIn: (viewer, asked) => waysInPage(context, viewer, asked),
    audit: (asked) => auditPage(context, asked),
    alertChanges: (asked) => alertChangesPage(context, asked),
    auditCsv: () => auditCsv(context),
    appliances: (after) => appliancesPage(context, after),
    appliance: (id) => appliancePart(context, id),
    appliancesNeeds: () => appliancesNeeds(context),
    devices: (query, isPart) => devicesPage(context, query, isPart),
    device: (id, asked) => devicePage(context, id, asked),
    devicesCsv: (query) => devicesCsv(context, query),
    networks: (box, isPart) => networksPage(context, box, isPart),
    policy: (viewer, given) => policyPage(context, viewer, given),
    policyGroups: () => knownGroups(context),
    overBlocks: (query) => overBlocksPage(context, query),
    releases: (given) => releasesPage(context, given),
    boxName: (appliance) => wordingOf(context, boxesOf(context)).boxName(appliance),
    timetable: (viewer, given) => timetablePage(context, viewer, given),
    why: (query) => whyPage(context, query),
    requests: (viewer, refused) => requestsPage(context, viewer, refused),
    guide: () => guide,
    knowledge: (box) => knowledgePage(context, box),
    setup: (box) => setupPage(context, box),
  }
}

/** What stands on a print of a page, which outlives the day: "today" says nothing on paper. */
function printedBy({ time, clock }: PageContext, who: string): string {
  if (who === '') return ''
  const nowMs = clock.wallMs()
  const values = { who: plainText(who, 120), date: time.date(nowMs), time: time.clock(nowMs) }
  return fill(layout.printed, values)
}
