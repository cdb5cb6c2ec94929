import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { fill } from '#console/words/fill.ts'
import { requests as words } from '#console/words/requests.ts'
import { RULE_TEXT_MAX } from '#domain/console-rules.ts'
import { isFailure } from '#domain/failure.ts'
import { readRuleName } from '#domain/rule-name.ts'
import { newRandomId } from '#platform/random.ts'
import type { Pages } from '../pages/pages.ts'
import type { RequestProblem } from '../pages/requests-page.ts'
import { grantRefusal, withRule } from '../policy/policy-desk.ts'
import {
  ANSWER_MAX,
  endOfGrant,
  type RequestForm,
  readRequestForm,
} from '../policy/read-request-form.ts'
import type { OpenRequest } from '../policy/unblock-requests.ts'
import { viewerOf } from './access-check.ts'
import type { PolicyRouteDeps } from './policy-routes.ts'
import { sendView } from './send-page.ts'

/** Why a form was not done, and by which field; undefined when it was done. */
type Done = Promise<RequestProblem | undefined>
type Work = (found: OpenRequest, form: RequestForm, who: string) => Done

/** Why a name is blocked, what pupils and teachers asked for on the block page, and the figures of that. */
export function addRequestRoutes(
  server: FastifyInstance,
  pages: Pages,
  deps: PolicyRouteDeps,
): void {
  const { policy, clock, limits } = deps
  server.get('/why', async (request, reply) =>
    sendView(reply, pages, await pages.why(request.query)),
  )
  server.get('/policy/over-blocks', async (request, reply) =>
    sendView(reply, pages, pages.overBlocks(request.query)),
  )
  server.get('/requests', async (request, reply) =>
    sendView(reply, pages, pages.requests(viewerOf(request))),
  )
  const take = async (request: FastifyRequest, reply: FastifyReply, work: Work) => {
    const form = readRequestForm(request.body)
    const viewer = viewerOf(request)
    const found = policy.requests
      .open(clock.wallMs())
      .find((one) => one.appliance === form.appliance && one.request === form.request)
    const problem = found ? await work(found, form, viewer.who) : ofNoField(words.problems.gone)
    if (problem === undefined) return reply.redirect('/requests', 303)
    const { appliance, request: reference, answer, length } = form
    const refused = { appliance, request: reference, answer, length, problem }
    return sendView(reply.code(409), pages, pages.requests(viewer, refused))
  }
  const options = { bodyLimit: limits.formBytesMax }
  server.post('/requests/grant', options, (request, reply) =>
    take(request, reply, (found, form, who) => grant(found, form, who, deps)),
  )
  server.post('/requests/refuse', options, (request, reply) =>
    take(request, reply, async (found, { answer }, who) => {
      const problem = problemOfAnswer(answer, 3)
      if (problem !== undefined) return problem
      const { appliance, request: reference } = found
      const told = { answer: answer.trim(), isGranted: false }
      policy.desk.answerRequest({ appliance, request: reference, who, ...told })
      return undefined
    }),
  )
}

/** The rule comes first: whoever asked is told that it is open when it is. */
async function grant(
  found: OpenRequest,
  { length, answer }: RequestForm,
  who: string,
  { policy, clock, time }: PolicyRouteDeps,
): Done {
  const { problems } = words
  const never = grantRefusal(found)
  if (never !== undefined) return ofNoField(never)
  const name = readRuleName(found.name)
  if (isFailure(name)) return ofNoField(fill(problems.name, { why: name.detail }))
  const until = endOfGrant(length, clock.wallMs(), time)
  if (until === 'none') return { field: 'length', text: problems.noLength }
  const problem = problemOfAnswer(answer, 0)
  if (problem !== undefined) return problem
  const { appliance, request, group, why } = found
  const reason = fill(words.askedFor, { reference: request, why }).slice(0, RULE_TEXT_MAX)
  const saved = await policy.desk.save(
    withRule({
      id: newRandomId(),
      action: 'allow',
      name,
      groups: [group],
      reason,
      who: who.slice(0, RULE_TEXT_MAX),
      ...(until !== undefined && { until }),
    }),
    { who, why: reason },
  )
  if (isFailure(saved)) return ofNoField(fill(problems.notOpened, { why: saved.detail }))
  const told = { answer: answer.trim() || words.opened, isGranted: true }
  policy.desk.answerRequest({ appliance, request, who, ...told })
  return undefined
}

function ofNoField(text: string): RequestProblem {
  return { field: 'none', text }
}

function problemOfAnswer(answer: string, least: number): RequestProblem | undefined {
  const { length } = answer.trim()
  if (length < least) return { field: 'answer', text: words.problems.noAnswer }
  return length > ANSWER_MAX
    ? { field: 'answer', text: fill(words.problems.longAnswer, { length, max: ANSWER_MAX }) }
    : undefined
}
