import type { FastifyInstance, FastifyReply } from 'fastify'
import type { DocumentPlan } from '#console/document-plan.ts'
import { documents as words } from '#console/words/documents.ts'
import { isFailure } from '#domain/failure.ts'
import type { DocumentPress } from '../documents/document-press.ts'
import type { Pages } from '../pages/pages.ts'
import { viewerOf } from './access-check.ts'
import { type Fault, sendFault, sendView } from './send-page.ts'

export interface DocumentDeps {
  readonly press: Pick<DocumentPress, 'make'>
}

const NOT_MADE: Fault = {
  status: 503,
  title: words.notMadeTitle,
  text: words.notMadeText,
}

/** Reports as pages and as documents; none names a pupil. */
export function addDocumentRoutes(
  server: FastifyInstance,
  pages: Pages,
  { press }: DocumentDeps,
): void {
  server.get('/review', async (request, reply) =>
    sendView(reply, pages, pages.evidence.review(viewerOf(request), request.query)),
  )
  server.get('/review.pdf', async (request, reply) => {
    const plan = pages.evidence.reviewPlan(viewerOf(request), request.query)
    // What is wrong with the days stands on the page.
    if (plan === undefined)
      return sendView(reply, pages, pages.evidence.review(viewerOf(request), request.query))
    return sendDocument(reply, pages, { press, plan, name: 'yearly-review.pdf' })
  })
  server.get('/report.pdf', async (request, reply) => {
    const plan = await pages.evidence.reportPlan(viewerOf(request), request.query)
    if (plan === undefined)
      return sendView(reply, pages, await pages.report(viewerOf(request), request.query))
    return sendDocument(reply, pages, { press, plan, name: 'half-term-report.pdf' })
  })
}

/** Makes a document and answers with it. */
export async function sendDocument(
  reply: FastifyReply,
  pages: Pages,
  { press, plan, name }: DocumentDeps & { readonly plan: DocumentPlan; readonly name: string },
): Promise<FastifyReply> {
  const made = await press.make(plan)
  if (isFailure(made)) return sendFault(reply, pages, NOT_MADE)
  return reply
    .type('application/pdf')
    .header('content-disposition', `attachment; filename="${name}"`)
    .send(Buffer.from(made))
}
