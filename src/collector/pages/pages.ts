import { makeRenderer, type Render } from '#console/renderer.ts'
import type { View } from '#console/views.ts'
import { appliancePart, appliancesPage } from './appliances-page.ts'
import { eventPage, eventsPage } from './events-page.ts'
import { knowledgePage } from './knowledge-page.ts'
import type { PageContext } from './page-context.ts'

/** The console's pages as views, and the renderer that makes HTML of them. */
export interface Pages {
  readonly render: Render
  readonly events: (query: unknown, isPart: boolean) => Promise<View>
  readonly event: (id: string, isPart: boolean) => Promise<View | undefined>
  readonly appliances: (after: string) => Promise<View>
  readonly appliance: (id: string) => Promise<View | undefined>
  readonly knowledge: (box: string) => Promise<View>
}

export function makePages(context: PageContext): Pages {
  return {
    render: makeRenderer(),
    events: (query, isPart) => eventsPage(context, query, isPart),
    event: (id, isPart) => eventPage(context, id, isPart),
    appliances: (after) => appliancesPage(context, after),
    appliance: (id) => appliancePart(context, id),
    knowledge: (box) => knowledgePage(context, box),
  }
}
