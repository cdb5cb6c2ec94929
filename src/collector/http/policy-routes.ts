import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { PlainTime } from '#console/present/plain-time.ts'
import { fill } from '#console/words/fill.ts'
import { policy as words } from '#console/words/policy.ts'
import type { ConsoleRuleTold } from '#domain/console-rules.ts'
import { isFailure } from '#domain/failure.ts'
import type { Clock } from '#platform/clock.ts'
import type { Pages } from '../pages/pages.ts'
import type { PolicyGiven } from '../pages/policy-page.ts'
import type { Policy } from '../policy/policy.ts'
import { backTo, type Edit, withoutRule, withRule } from '../policy/policy-desk.ts'
import { type RuleForm, readRuleForm, ruleOf } from '../policy/read-rule-form.ts'
import { viewerOf } from './access-check.ts'
import { NOT_FOUND } from './not-found.ts'
import { sendFault, sendView } from './send-page.ts'

export interface PolicyRouteDeps {
  readonly policy: Policy
  readonly clock: Clock
  readonly time: PlainTime
  readonly limits: { readonly formBytesMax: number }
}

/** A request and its answer. */
interface Exchange {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

/** What is to be saved. */
interface Wanted {
  readonly edit: Edit
  readonly why: string
  /** That asked for it. */
  readonly form?: RuleForm
  /** Called once it is saved. */
  readonly done?: () => void
}

/** The ways in which every route ends. */
interface PolicyEnds {
  readonly show: (at: Exchange, given?: PolicyGiven) => FastifyReply
  /** Saves, and goes back to the page; what is wrong stands there. */
  readonly save: (at: Exchange, wanted: Wanted) => Promise<FastifyReply>
}

type WithId = { Params: { id: string } }

/** What the school allows and blocks: the page, and every way in which that changes. */
export function addPolicyRoutes(
  server: FastifyInstance,
  pages: Pages,
  deps: PolicyRouteDeps,
): void {
  const ends = makeEnds(pages, deps.policy)
  server.get('/policy', async (request, reply) => ends.show({ request, reply }))
  addRuleRoutes(server, pages, deps, ends)
  addVersionRoutes(server, pages, deps, ends)
  addProposalRoutes(server, deps, ends)
}

function makeEnds(pages: Pages, policy: Policy): PolicyEnds {
  const show: PolicyEnds['show'] = ({ request, reply }, given) => {
    if (given?.problems || given?.problem !== undefined) reply.code(409)
    return sendView(reply, pages, pages.policy(viewerOf(request), given))
  }
  return {
    show,
    save: async (at, { edit, why, form, done }) => {
      const saved = await policy.desk.save(edit, { who: viewerOf(at.request).who, why })
      if (!isFailure(saved)) {
        done?.()
        return at.reply.redirect('/policy', 303)
      }
      const problem = fill(words.problems.notSaved, { why: saved.detail })
      return show(at, form ? { form, problems: { name: problem } } : { problem })
    },
  }
}

/** A form with a rule may be looked at before, saved, or proposed. */
function addRuleRoutes(
  server: FastifyInstance,
  pages: Pages,
  { policy, clock, time, limits }: PolicyRouteDeps,
  { show, save }: PolicyEnds,
): void {
  type Use = (at: Exchange, rule: ConsoleRuleTold, form: RuleForm) => Promise<FastifyReply>
  const add = (path: string, use: Use): void => {
    server.post(path, { bodyLimit: limits.formBytesMax }, async (request, reply) => {
      const form = readRuleForm(request.body)
      const known = { groups: pages.policyGroups(), time, nowMs: clock.wallMs() }
      const made = ruleOf(form, viewerOf(request).who, known)
      const at = { request, reply }
      if ('problems' in made) return show(at, { form, problems: made.problems })
      return use(at, made.rule, form)
    })
  }
  add('/policy/preview', async (at, rule, form) =>
    show(at, { form, preview: await policy.desk.preview(withRule(rule)) }),
  )
  add('/policy/rules', (at, rule, form) =>
    save(at, { edit: withRule(rule), why: rule.reason, form }),
  )
  add('/policy/propose', async (at, rule, form) => {
    const full = policy.proposals.add(rule, clock.wallMs())
    return full ? show(at, { form, problem: full.detail }) : at.reply.redirect('/policy', 303)
  })
}

function addVersionRoutes(
  server: FastifyInstance,
  pages: Pages,
  { policy: { versions }, limits }: PolicyRouteDeps,
  { save }: PolicyEnds,
): void {
  const options = { bodyLimit: limits.formBytesMax }
  server.post<WithId>('/policy/rules/:id/remove', options, async (request, reply) => {
    const rules = versions.current()?.rules ?? []
    const rule = rules.find(({ id }) => id === request.params.id)
    if (rule === undefined) return sendFault(reply, pages, NOT_FOUND)
    const why = fill(words.history.takenOut, { name: rule.name })
    return save({ request, reply }, { edit: withoutRule(rule), why })
  })
  server.post<{ Params: { version: string } }>(
    '/policy/versions/:version/revert',
    options,
    async (request, reply) => {
      const old = versions.find(Number(request.params.version))
      if (old === undefined) return sendFault(reply, pages, NOT_FOUND)
      const why = fill(words.history.wentBack, { number: old.version })
      return save({ request, reply }, { edit: backTo(old), why })
    },
  )
}

/** A proposal is decided once; one that a box refuses stays, so that it can be declined. */
function addProposalRoutes(
  server: FastifyInstance,
  { policy: { proposals }, clock, limits }: PolicyRouteDeps,
  { show, save }: PolicyEnds,
): void {
  const options = { bodyLimit: limits.formBytesMax }
  const gone = { problem: words.problems.decided }
  server.post<WithId>('/policy/proposals/:id/accept', options, async (request, reply) => {
    const found = proposals.open().find(({ id }) => id === request.params.id)
    if (found === undefined) return show({ request, reply }, gone)
    const { rule, id } = found
    const wanted = {
      edit: withRule(rule),
      why: fill(words.history.proposed, { who: rule.who, reason: rule.reason }),
      done: () => proposals.decide(id, clock.wallMs()),
    }
    return save({ request, reply }, wanted)
  })
  server.post<WithId>('/policy/proposals/:id/decline', options, async (request, reply) => {
    const found = proposals.decide(request.params.id, clock.wallMs())
    return found ? reply.redirect('/policy', 303) : show({ request, reply }, gone)
  })
}
