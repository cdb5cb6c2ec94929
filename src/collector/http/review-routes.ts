import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { signOff } from '#console/words/sign-off.ts'
import { isFailure } from '#domain/failure.ts'
import { reviewSubject } from '../evidence/read-sign-offs.ts'
import type { Pages } from '../pages/pages.ts'
import { signerRole } from '../pages/review-sign-off.ts'
import { REFUSED, viewerOf } from './access-check.ts'
import type { EvidenceRouteDeps } from './check-routes.ts'
import { lengthProblem } from './form-problems.ts'
import { BOOK_FULL } from './send-kept.ts'
import { sendFault, sendView } from './send-page.ts'

const text = z.string().trim().catch('')
const form = z.object({ from: text, to: text, text }).catch({ from: '', to: '', text: '' })

/** A leader signs the yearly review of some days, as its figures are then. */
export function addReviewRoutes(
  server: FastifyInstance,
  pages: Pages,
  { evidence, limits }: EvidenceRouteDeps,
): void {
  const { formBytesMax: bodyLimit, textMax } = limits.evidence
  server.post('/review', { bodyLimit }, async (request, reply) => {
    const viewer = viewerOf(request)
    const role = signerRole(viewer)
    const { account } = viewer
    if (role === undefined || account === undefined) return sendFault(reply, pages, REFUSED)
    const given = form.parse(request.body)
    const problem = given.text === '' ? signOff.ifEmpty : lengthProblem(given.text, textMax)
    const signed = pages.evidence.reviewParts(given)
    if (problem !== '' || signed === undefined) {
      const sent = { given: { text: given.text }, problems: { text: problem } }
      return sendView(reply.code(400), pages, pages.evidence.review(viewer, given, sent))
    }
    const { parts } = signed
    const facts = { name: account.name, role, text: given.text, parts }
    const by = { who: viewer.who, subject: reviewSubject(signed) }
    const kept = evidence.book.keep({ kind: 'review-signed', facts }, by)
    if (isFailure(kept)) return sendFault(reply, pages, BOOK_FULL)
    const days = new URLSearchParams({ from: signed.fromDay, to: signed.toDay })
    return reply.redirect(`/review?${days.toString()}`, 303)
  })
}
