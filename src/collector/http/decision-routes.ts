import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { PlainTime } from '#console/present/plain-time.ts'
import { decision as words } from '#console/words/decision.ts'
import { AMENDMENT_KINDS, DECISION_AREAS, type EvidenceEntry } from '../evidence/evidence-entry.ts'
import type { Pages } from '../pages/pages.ts'
import { viewerOf } from './access-check.ts'
import type { EvidenceRouteDeps } from './check-routes.ts'
import {
  amendmentProblems,
  type DecisionForm,
  decisionProblems,
  readDecisionForm,
} from './decision-form.ts'
import type { Problems } from './form-problems.ts'
import { NOT_FOUND } from './not-found.ts'
import { EVIDENCE_KEY, sendKept } from './send-kept.ts'
import { type Fault, sendFault, sendView } from './send-page.ts'

type DecisionDeps = EvidenceRouteDeps & { readonly time: PlainTime }

const ENDED: Fault = {
  status: 409,
  title: words.endedTitle,
  text: words.endedText,
}

/** What the school decided about its filter: the list, one, a new one, and what reviews come to. */
export function addDecisionRoutes(server: FastifyInstance, pages: Pages, deps: DecisionDeps): void {
  const { evidence, limits, clock, time } = deps
  const bodyLimit = limits.evidence.formBytesMax
  const today = (): string => time.dayText(clock.wallMs())
  server.get('/decisions', async (request, reply) =>
    sendView(reply, pages, pages.evidence.decisions(viewerOf(request), request.query)),
  )
  server.get('/decisions/new', async (_request, reply) =>
    sendView(reply, pages, pages.evidence.newDecision({ given: {}, problems: {} })),
  )
  server.post('/decisions', { bodyLimit }, async (request, reply) => {
    const given = readDecisionForm(request.body)
    const problems = decisionProblems(given, today(), limits.evidence)
    const entry = decisionOf(given)
    if (Object.keys(problems).length > 0 || entry === undefined)
      return sendView(
        reply.code(400),
        pages,
        pages.evidence.newDecision({ given: { ...given }, problems }),
      )
    return sendKept(
      reply,
      pages,
      '/decisions',
      evidence.book.keep(entry, { who: viewerOf(request).who }),
    )
  })
  server.get<{ Params: { id: string } }>('/decisions/:id', async (request, reply) =>
    one(request, reply, pages, request.params.id),
  )
  server.post<{ Params: { id: string } }>(
    '/decisions/:id/amend',
    { bodyLimit },
    async (request, reply) => {
      const { id } = request.params
      const decision = EVIDENCE_KEY.test(id) ? evidence.decisions.one(id) : undefined
      if (decision === undefined) return sendFault(reply, pages, NOT_FOUND)
      if (decision.reviewOn === undefined) return sendFault(reply, pages, ENDED)
      const given = readDecisionForm(request.body)
      const problems = amendmentProblems(given, today(), limits.evidence)
      const entry = amendmentOf(given)
      if (Object.keys(problems).length > 0 || entry === undefined)
        return one(request, reply.code(400), pages, id, { given: { ...given }, problems })
      return sendKept(
        reply,
        pages,
        '/decisions',
        evidence.book.keep(entry, { who: viewerOf(request).who, subject: id }),
      )
    },
  )
}

function one(
  request: FastifyRequest,
  reply: FastifyReply,
  pages: Pages,
  id: string,
  sent?: { readonly given: Record<string, string>; readonly problems: Problems },
): FastifyReply {
  const view = EVIDENCE_KEY.test(id)
    ? pages.evidence.decision(viewerOf(request), { id, sent })
    : undefined
  return view === undefined ? sendFault(reply, pages, NOT_FOUND) : sendView(reply, pages, view)
}

function decisionOf(given: DecisionForm): EvidenceEntry | undefined {
  const { title, reason, by, on, review } = given
  const area = DECISION_AREAS.find((known) => known === given.area)
  if (area === undefined) return undefined
  const facts = { area, title, reason, decidedBy: by, decidedOn: on, reviewOn: review }
  return { kind: 'decision-made', facts }
}

function amendmentOf(given: DecisionForm): EvidenceEntry | undefined {
  const { reason, by, review } = given
  const outcome = AMENDMENT_KINDS.find((known) => known === given.outcome)
  if (outcome === undefined) return undefined
  const reviewOn = outcome === 'ended' ? '' : review
  return { kind: 'decision-amended', facts: { outcome, text: reason, decidedBy: by, reviewOn } }
}
