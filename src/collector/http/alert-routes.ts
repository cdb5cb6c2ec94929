import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import { capital } from '#console/present/alert-words.ts'
import type { View } from '#console/views.ts'
import { alertProblems } from '#console/words/alert-problems.ts'
import { fill } from '#console/words/fill.ts'
import { isFailure } from '#domain/failure.ts'
import type { Clock } from '#platform/clock.ts'
import type { Accounts } from '../accounts/accounts.ts'
import { mayCommand, scopeOf } from '../accounts/scope.ts'
import type { Viewer } from '../accounts/viewer.ts'
import type { AlertCommand, CommandKind } from '../alerts/alert-command.ts'
import type { AlertDesk } from '../alerts/alert-desk.ts'
import type { AlertReads } from '../alerts/alert-reads.ts'
import { REQUIREMENTS } from '../alerts/transitions.ts'
import type { AlertLimits } from '../config/alert-limits.ts'
import type { Refused } from '../pages/command-forms.ts'
import type { Pages } from '../pages/pages.ts'
import { REFUSED, viewerOf } from './access-check.ts'
import { type AlertForm, COMMAND_KINDS, commandOf, readAlertForm } from './alert-form.ts'
import { ALERT_NOT_SHOWN } from './not-found.ts'
import { sendFault, sendView } from './send-page.ts'

export interface AlertRouteDeps {
  readonly desk: Pick<AlertDesk, 'act' | 'actOnTheme'>
  readonly reads: AlertReads
  /** Lets open pages know of what was done. */
  readonly wake: () => void
  readonly tenant: string
  readonly clock: Clock
  readonly limits: AlertLimits
}

type ActDeps = AlertRouteDeps & { readonly accounts: Accounts }

const KEY = /^[A-Za-z0-9_-]{1,64}$/
const query = z.object({ fragment: z.string().catch('') }).catch({ fragment: '' })

/** The list of alerts, one alert, and the forms by which people act on it. */
export function addAlertRoutes(server: FastifyInstance, pages: Pages, deps: ActDeps): void {
  const answer = (reply: FastifyReply, view: View | undefined): FastifyReply =>
    view === undefined ? sendFault(reply, pages, ALERT_NOT_SHOWN) : sendView(reply, pages, view)

  server.get('/alerts', async (request, reply) => {
    const { fragment } = query.parse(request.query)
    return answer(reply, pages.alerts(viewerOf(request), request.query, fragment === 'rows'))
  })
  server.get<{ Params: { id: string } }>('/alerts/:id', async (request, reply) => {
    const { id } = request.params
    const isPart = query.parse(request.query).fragment === 'detail'
    return answer(reply, KEY.test(id) ? pages.alert(viewerOf(request), { id, isPart }) : undefined)
  })
  for (const kind of COMMAND_KINDS)
    server.post<{ Params: { id: string } }>(
      `/alerts/:id/${kind}`,
      { bodyLimit: deps.limits.formBytesMax },
      async (request, reply) => {
        const { id } = request.params
        const viewer = viewerOf(request)
        const record = KEY.test(id) ? deps.reads.alert(deps.tenant, id, scopeOf(viewer)) : undefined
        if (record === undefined) return sendFault(reply, pages, ALERT_NOT_SHOWN)
        if (!mayCommand(viewer, record, kind)) return sendFault(reply, pages, REFUSED)
        const given = readAlertForm(request.body)
        const problem = doneBy(deps, { kind, id, given, viewer })
        if (problem === undefined) return reply.redirect(`/alerts/${id}`, 303)
        reply.code(409)
        const refused = refusedOf(kind, given, problem)
        return answer(reply, pages.alert(viewer, { id, isPart: false, refused }))
      },
    )
}

/** Does what a form asks for; otherwise why not, in words. */
function doneBy(
  deps: ActDeps,
  asked: {
    readonly kind: CommandKind
    readonly id: string
    readonly given: AlertForm
    readonly viewer: Viewer
  },
): string | undefined {
  const { desk, wake, tenant, clock } = deps
  const { kind, id, given, viewer } = asked
  const command = commandOf(kind, given)
  if (command === undefined) return fill(alertProblems.missing, { what: REQUIREMENTS.decision })
  const problem = problemOf(command, viewer, deps)
  if (problem !== undefined) return problem
  const done = desk.act({ ...command, tenant, alert: id }, viewer.who, clock.wallMs())
  if (isFailure(done)) return done.detail
  wake()
  return undefined
}

/** An alert is given only to somebody who can then see it, and joins only another that whoever joins them sees. */
function problemOf(
  command: AlertCommand,
  viewer: Viewer,
  { accounts, reads, tenant }: ActDeps,
): string | undefined {
  if (command.kind === 'assign') {
    const isPastoral = accounts.byEmail(command.to)?.roles.includes('pastoral') ?? false
    return isPastoral ? undefined : alertProblems.assigneeMissing
  }
  if (command.kind !== 'merge') return undefined
  const other = reads.alert(tenant, command.into, scopeOf(viewer))
  return other === undefined ? alertProblems.noOtherAlert : undefined
}

function refusedOf(
  kind: CommandKind,
  { events: _events, ...given }: AlertForm,
  problem: string,
): Refused {
  return { kind, problem: capital(problem), given }
}
