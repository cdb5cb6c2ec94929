import { makeGuide } from '#console/guide.ts'
import { makeRenderer, type Render } from '#console/renderer.ts'
import type { View } from '#console/views.ts'
import { type AlertAsked, alertPage } from './alert-page.ts'
import { alertsPage } from './alerts-page.ts'
import { appliancePart, appliancesPage } from './appliances-page.ts'
import { devicesCsv } from './devices-csv.ts'
import { devicePage, devicesPage } from './devices-page.ts'
import { digestPage } from './digest-page.ts'
import { eventPage, eventsPage } from './events-page.ts'
import { knowledgePage } from './knowledge-page.ts'
import { networksPage } from './networks-page.ts'
import { noticesPage } from './notices-page.ts'
import type { PageContext } from './page-context.ts'
import { reportPage } from './report-page.ts'
import { type ThemesRefused, themesPage } from './themes-page.ts'
import { todayPage } from './today-page.ts'

/** The console's pages as views, and the renderer that makes HTML of them. */
export interface Pages {
  readonly render: Render
  /** The first page. */
  readonly today: (isPart: boolean) => Promise<View>
  readonly digest: (query: unknown) => Promise<View>
  readonly report: (query: unknown) => Promise<View>
  readonly events: (query: unknown, isPart: boolean) => Promise<View>
  readonly event: (id: string, isPart: boolean) => Promise<View | undefined>
  readonly alerts: (query: unknown, isPart: boolean) => Promise<View>
  readonly alert: (id: string, asked: AlertAsked) => Promise<View | undefined>
  readonly themes: (asked: {
    readonly who: string
    readonly refused?: ThemesRefused
  }) => Promise<View>
  readonly notices: (
    refused: { readonly person: string; readonly problem: string } | undefined,
  ) => View
  readonly appliances: (after: string) => Promise<View>
  readonly appliance: (id: string) => Promise<View | undefined>
  readonly devices: (query: unknown, isPart: boolean) => Promise<View>
  readonly device: (
    id: string,
    asked: { readonly box: string; readonly isPart: boolean },
  ) => Promise<View | undefined>
  /** A file; undefined when no box has told of devices. */
  readonly devicesCsv: (query: unknown) => Promise<string | undefined>
  readonly networks: (box: string, isPart: boolean) => Promise<View>
  /** How devices become known, for school IT. */
  readonly guide: () => View
  readonly knowledge: (box: string) => Promise<View>
}

export function makePages(context: PageContext): Pages {
  const guide = makeGuide()
  return {
    render: makeRenderer(),
    today: (isPart) => todayPage(context, isPart),
    digest: (query) => digestPage(context, query),
    report: (query) => reportPage(context, query),
    events: (query, isPart) => eventsPage(context, query, isPart),
    event: (id, isPart) => eventPage(context, id, isPart),
    alerts: (query, isPart) => alertsPage(context, query, isPart),
    alert: (id, asked) => alertPage(context, id, asked),
    themes: (asked) => themesPage(context, asked),
    notices: (refused) => noticesPage(context, refused),
    appliances: (after) => appliancesPage(context, after),
    appliance: (id) => appliancePart(context, id),
    devices: (query, isPart) => devicesPage(context, query, isPart),
    device: (id, asked) => devicePage(context, id, asked),
    devicesCsv: (query) => devicesCsv(context, query),
    networks: (box, isPart) => networksPage(context, box, isPart),
    guide: () => guide,
    knowledge: (box) => knowledgePage(context, box),
  }
}
