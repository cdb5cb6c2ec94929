import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { check } from '#console/words/check.ts'
import type { Clock } from '#platform/clock.ts'
import type { CollectorLimits } from '../config/collector-limits.ts'
import { checkSubject } from '../evidence/check-subjects.ts'
import type { Evidence } from '../evidence/evidence.ts'
import type { CheckFacts } from '../evidence/evidence-entry.ts'
import { judgeCheck, type TestNotice } from '../evidence/judge-check.ts'
import type { Pages } from '../pages/pages.ts'
import { viewerOf } from './access-check.ts'
import {
  type CheckForm,
  deviceKindOf,
  expectedOf,
  groupOf,
  readCheckForm,
  seenOf,
  seenProblems,
  setUpProblems,
} from './check-form.ts'
import { lengthProblem, type Problems, problemsOf } from './form-problems.ts'
import { NOT_FOUND } from './not-found.ts'
import { EVIDENCE_KEY, sendKept } from './send-kept.ts'
import { sendFault, sendView } from './send-page.ts'

export interface EvidenceRouteDeps {
  readonly evidence: Evidence
  readonly clock: Clock
  readonly limits: CollectorLimits
}

const text = z.string().trim().catch('')
const followUp = z.object({ text, settled: text }).catch({ text: '', settled: '' })
/** Checks of the filter: the list, one, and the two pages by which a person makes one. */
export function addCheckRoutes(
  server: FastifyInstance,
  pages: Pages,
  deps: EvidenceRouteDeps,
): void {
  const { evidence, limits } = deps
  const bodyLimit = limits.evidence.formBytesMax
  server.get('/checks', async (request, reply) =>
    sendView(reply, pages, pages.evidence.checks(viewerOf(request), request.query)),
  )
  server.get('/checks/new', async (request, reply) => {
    const given = readCheckForm(request.query)
    if (given.step !== 'try') return show(reply, pages, given, {})
    const problems = setUpProblems(given, limits.evidence)
    if (Object.keys(problems).length > 0) return show(reply, pages, given, problems)
    return tryIt(reply, pages, { ...given, started: String(deps.clock.wallMs()) }, {})
  })
  server.post('/checks', { bodyLimit }, async (request, reply) => {
    const given = readCheckForm(request.body)
    const before = setUpProblems(given, limits.evidence)
    if (Object.keys(before).length > 0) return show(reply.code(400), pages, given, before)
    const problems = seenProblems(given, limits.evidence)
    if (Object.keys(problems).length > 0) return tryIt(reply.code(400), pages, given, problems)
    const facts = factsOf(given, deps)
    if (facts === undefined) return show(reply.code(400), pages, given, {})
    const by = { who: viewerOf(request).who }
    return sendKept(reply, pages, '/checks', evidence.book.keep({ kind: 'check-made', facts }, by))
  })
  server.get<{ Params: { id: string } }>('/checks/:id', async (request, reply) =>
    one(request, reply, pages, request.params.id),
  )
  server.post<{ Params: { id: string } }>(
    '/checks/:id/follow-up',
    { bodyLimit },
    async (request, reply) => {
      const { id } = request.params
      const { text: said, settled } = followUp.parse(request.body)
      if (!EVIDENCE_KEY.test(id) || evidence.checks.one(id) === undefined)
        return sendFault(reply, pages, NOT_FOUND)
      const problems = problemsOf({
        text: said === '' ? check.form.textMissing : lengthProblem(said, limits.evidence.textMax),
      })
      if (Object.keys(problems).length > 0)
        return one(request, reply.code(400), pages, id, {
          given: { text: said, settled },
          problems,
        })
      const facts = { text: said, isSettled: settled === 'yes' }
      const by = { who: viewerOf(request).who, subject: id }
      const done = evidence.book.keep({ kind: 'check-followed-up', facts }, by)
      return sendKept(reply, pages, '/checks', done)
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
    ? pages.evidence.check(viewerOf(request), { id, sent })
    : undefined
  return view === undefined ? sendFault(reply, pages, NOT_FOUND) : sendView(reply, pages, view)
}

async function show(
  reply: FastifyReply,
  pages: Pages,
  given: CheckForm,
  problems: Problems,
): Promise<FastifyReply> {
  const sent = { given: given.step === '' ? {} : { ...given }, problems }
  return sendView(reply, pages, await pages.evidence.newCheck(sent))
}

function tryIt(
  reply: FastifyReply,
  pages: Pages,
  given: CheckForm,
  problems: Problems,
): FastifyReply {
  const { seen, note, ...carried } = given
  const subject = checkSubject(given.tried)
  if (subject === undefined) return sendFault(reply, pages, NOT_FOUND)
  const sent = { given: { seen, note }, problems }
  const expected = expectedOf(given)
  return sendView(reply, pages, pages.evidence.tryCheck(carried, { subject, expected, sent }))
}

/** Of a form without problems. */
function factsOf(
  given: CheckForm,
  { evidence, clock, limits }: EvidenceRouteDeps,
): CheckFacts | undefined {
  const { device, room, network, tried, note } = given
  const [deviceKind, seen] = [deviceKindOf(given), seenOf(given)]
  const subject = checkSubject(tried)
  if (deviceKind === undefined || seen === undefined || subject === undefined) return undefined
  const { checkMs, clockBehindMs, windowMs } = limits.evidence
  const nowMs = clock.wallMs()
  const started = Number(given.started)
  const isSound = started <= nowMs && started >= nowMs - checkMs
  const sinceMs = (isSound ? started : nowMs - checkMs) - clockBehindMs
  const expected = expectedOf(given)
  const group = groupOf(given)
  const notices: readonly TestNotice[] =
    expected === 'opens' ? [] : evidence.notices(tried, { sinceMs, windowMs })
  return {
    device,
    deviceKind,
    room,
    network,
    group,
    tried,
    name: subject.name,
    expected,
    seen,
    toldIn: [...new Set(notices.map((notice) => notice.group))],
    finding: judgeCheck({ expected, seen, group, notices }),
    note,
  }
}
