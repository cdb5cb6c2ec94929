import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Pages } from '../pages/pages.ts'
import { sendView } from './send-page.ts'

const query = z
  .object({
    before: z.coerce.number().int().min(1).catch(Number.MAX_SAFE_INTEGER),
    check: z.string().catch(''),
  })
  .transform(({ before, check }) => ({ before, isChecked: check === 'yes' }))
  .catch({ before: Number.MAX_SAFE_INTEGER, isChecked: false })

/** Who looked at what, what was done to alerts, and the first of them as a file. */
export function addAuditRoutes(server: FastifyInstance, pages: Pages): void {
  server.get('/audit', async (request, reply) =>
    sendView(reply, pages, pages.audit(query.parse(request.query))),
  )
  server.get('/audit/alerts', async (request, reply) =>
    sendView(reply, pages, pages.alertChanges(query.parse(request.query))),
  )
  server.get('/audit.csv', async (_request, reply) =>
    reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', 'attachment; filename="audit.csv"')
      .send(pages.auditCsv()),
  )
}
