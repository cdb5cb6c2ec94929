import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import type { View } from '#console/views.ts'
import { isFailure } from '#domain/failure.ts'
import type { Clock } from '#platform/clock.ts'
import type { AlertCommand } from '../alerts/alert-command.ts'
import type { AlertDesk } from '../alerts/alert-desk.ts'
import { isDecision } from '../alerts/decision.ts'
import type { AlertLimits } from '../config/alert-limits.ts'
import type { Pages } from '../pages/pages.ts'
import { NOT_FOUND } from './not-found.ts'
import { sendFault, sendView } from './send-page.ts'

export interface AlertRouteDeps {
  readonly desk: Pick<AlertDesk, 'act'>
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
    who: text,
    decision: text,
    reason: text,
    action: text,
    outcome: text,
    caseReference: text,
  })
  .catch({ who: '', decision: '', reason: '', action: '', outcome: '', caseReference: '' })
type Form = z.infer<typeof form>

/** The list of alerts, one alert, and the forms by which it is acknowledged and closed. */
export function addAlertRoutes(server: FastifyInstance, pages: Pages, deps: AlertRouteDeps): void {
  const answer = (reply: FastifyReply, view: View | undefined): FastifyReply =>
    view === undefined ? sendFault(reply, pages, NOT_FOUND) : sendView(reply, pages, view)

  server.get('/alerts', async (request, reply) => {
    const { fragment } = query.parse(request.query)
    return answer(reply, await pages.alerts(fragment === 'rows'))
  })
  server.get<{ Params: { id: string } }>('/alerts/:id', async (request, reply) => {
    const { id } = request.params
    const isPart = query.parse(request.query).fragment === 'detail'
    return answer(reply, KEY.test(id) ? await pages.alert(id, { isPart }) : undefined)
  })
  const commands: Readonly<Record<string, (given: Form) => AlertCommand>> = {
    acknowledge: () => ({ kind: 'acknowledge' }),
    close: ({ decision, reason, action, outcome, caseReference }) => ({
      kind: 'close',
      decision: isDecision(decision) ? decision : undefined,
      reason,
      action,
      outcome,
      caseReference,
    }),
  }
  for (const [name, command] of Object.entries(commands))
    server.post<{ Params: { id: string } }>(
      `/alerts/:id/${name}`,
      { bodyLimit: deps.limits.formBytesMax },
      async (request, reply) => {
        const { id } = request.params
        if (!KEY.test(id)) return sendFault(reply, pages, NOT_FOUND)
        const given = form.parse(request.body)
        const asked = { ...command(given), tenant: deps.tenant, alert: id }
        const done = deps.desk.act(asked, given.who.trim(), deps.clock.wallMs())
        if (!isFailure(done)) {
          deps.wake()
          return reply.redirect(`/alerts/${id}`, 303)
        }
        if (done.failure === 'unknown-alert') return sendFault(reply, pages, NOT_FOUND)
        reply.code(409)
        return answer(reply, await pages.alert(id, { isPart: false, problem: done.detail }))
      },
    )
}
