import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import type { View } from '#console/views.ts'
import { type Failure, failure, isFailure } from '#domain/failure.ts'
import type { Clock } from '#platform/clock.ts'
import type { Accounts } from '../accounts/accounts.ts'
import type { Viewer } from '../accounts/viewer.ts'
import type { AlertCommand } from '../alerts/alert-command.ts'
import type { AlertDesk } from '../alerts/alert-desk.ts'
import type { AlertReads } from '../alerts/alert-reads.ts'
import { isDecision } from '../alerts/decision.ts'
import { visibleAlert } from '../alerts/visible-alert.ts'
import type { AlertLimits } from '../config/alert-limits.ts'
import type { Pages } from '../pages/pages.ts'
import { viewerOf } from './access-check.ts'
import { NOT_FOUND } from './not-found.ts'
import { sendFault, sendView } from './send-page.ts'

export interface AlertRouteDeps {
  readonly desk: Pick<AlertDesk, 'act'>
  readonly reads: AlertReads
  /** Lets open pages know of what was done. */
  readonly wake: () => void
  readonly tenant: string
  readonly clock: Clock
  readonly limits: AlertLimits
}

const KEY = /^[A-Za-z0-9_-]{1,64}$/
const text = z.string().catch('')
const query = z.object({ fragment: text }).catch({ fragment: '' })
const form = z
  .object({
    decision: text,
    reason: text,
    action: text,
    outcome: text,
    caseReference: text,
    to: text,
  })
  .catch({ decision: '', reason: '', action: '', outcome: '', caseReference: '', to: '' })
type Form = z.infer<typeof form>

const COMMANDS: Readonly<Record<string, (given: Form) => AlertCommand>> = {
  acknowledge: () => ({ kind: 'acknowledge' }),
  assign: ({ to }) => ({ kind: 'assign', to }),
  close: ({ decision, reason, action, outcome, caseReference }) => ({
    kind: 'close',
    decision: isDecision(decision) ? decision : undefined,
    reason,
    action,
    outcome,
    caseReference,
  }),
}

/** The list of alerts, one alert, and the forms by which it is acknowledged, assigned and closed. */
export function addAlertRoutes(
  server: FastifyInstance,
  pages: Pages,
  deps: AlertRouteDeps & { readonly accounts: Accounts },
): void {
  const answer = (reply: FastifyReply, view: View | undefined): FastifyReply =>
    view === undefined ? sendFault(reply, pages, NOT_FOUND) : sendView(reply, pages, view)
  const mayAct = (id: string, viewer: Viewer): boolean =>
    KEY.test(id) && visibleAlert(deps.reads, viewer, { tenant: deps.tenant, id }) !== undefined

  server.get('/alerts', async (request, reply) => {
    const { fragment } = query.parse(request.query)
    return answer(reply, pages.alerts(viewerOf(request), fragment === 'rows'))
  })
  server.get<{ Params: { id: string } }>('/alerts/:id', async (request, reply) => {
    const { id } = request.params
    const isPart = query.parse(request.query).fragment === 'detail'
    const viewer = viewerOf(request)
    return answer(reply, KEY.test(id) ? pages.alert(viewer, id, { isPart }) : undefined)
  })
  for (const [name, command] of Object.entries(COMMANDS))
    server.post<{ Params: { id: string } }>(
      `/alerts/:id/${name}`,
      { bodyLimit: deps.limits.formBytesMax },
      async (request, reply) => {
        const { id } = request.params
        const viewer = viewerOf(request)
        if (!mayAct(id, viewer)) return sendFault(reply, pages, NOT_FOUND)
        const asked = { ...command(form.parse(request.body)), tenant: deps.tenant, alert: id }
        const problem = assignProblem(asked, deps.accounts)
        const done = problem ?? deps.desk.act(asked, viewer.who, deps.clock.wallMs())
        if (!isFailure(done)) {
          deps.wake()
          return reply.redirect(`/alerts/${id}`, 303)
        }
        if (done.failure === 'unknown-alert') return sendFault(reply, pages, NOT_FOUND)
        reply.code(409)
        return answer(reply, pages.alert(viewer, id, { isPart: false, problem: done.detail }))
      },
    )
}

/** Only to somebody who can then see it. */
function assignProblem(asked: AlertCommand, accounts: Accounts): Failure<'missing'> | undefined {
  if (asked.kind !== 'assign') return undefined
  const isPastoral = accounts.byEmail(asked.to)?.roles.includes('pastoral') ?? false
  return isPastoral ? undefined : failure('missing', 'to whom it is assigned is missing')
}
