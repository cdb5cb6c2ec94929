import type { FastifyInstance } from 'fastify'
import type { Pages } from '../pages/pages.ts'
import { viewerOf } from './access-check.ts'
import { type DocumentDeps, sendDocument } from './document-routes.ts'
import { NOT_FOUND } from './not-found.ts'
import { sendFault, sendView } from './send-page.ts'

const KEY = /^[A-Za-z0-9_-]{1,64}$/
interface One {
  readonly Params: { readonly id: string }
}

/** A case on its way into the school's own record: as text, as a document, as a table. */
export function addHandOverRoutes(
  server: FastifyInstance,
  pages: Pages,
  { press }: DocumentDeps,
): void {
  server.get<One>('/alerts/:id/hand-over', async (request, reply) => {
    const { id } = request.params
    const view = KEY.test(id) ? pages.evidence.handOver(viewerOf(request), id) : undefined
    return view === undefined ? sendFault(reply, pages, NOT_FOUND) : sendView(reply, pages, view)
  })
  server.get<One>('/alerts/:id/hand-over.pdf', async (request, reply) => {
    const { id } = request.params
    const plan = KEY.test(id) ? pages.evidence.handOverPlan(viewerOf(request), id) : undefined
    if (plan === undefined) return sendFault(reply, pages, NOT_FOUND)
    return sendDocument(reply, pages, { press, plan, name: `case-${id}.pdf` })
  })
  server.get<One>('/alerts/:id/hand-over.csv', async (request, reply) => {
    const { id } = request.params
    const csv = KEY.test(id) ? pages.evidence.handOverCsv(viewerOf(request), id) : undefined
    if (csv === undefined) return sendFault(reply, pages, NOT_FOUND)
    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', `attachment; filename="case-${id}.csv"`)
      .send(csv)
  })
}
