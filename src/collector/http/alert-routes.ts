import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { capital } from '#console/present/alert-words.ts'
import type { View } from '#console/views.ts'
import { isFailure } from '#domain/failure.ts'
import type { Clock } from '#platform/clock.ts'
import type { CommandKind } from '../alerts/alert-command.ts'
import type { AlertDesk } from '../alerts/alert-desk.ts'
import { REQUIREMENTS } from '../alerts/transitions.ts'
import type { AlertLimits } from '../config/alert-limits.ts'
import type { Refused } from '../pages/command-forms.ts'
import type { Pages } from '../pages/pages.ts'
import { type AlertForm, COMMAND_KINDS, commandOf, readAlertForm } from './alert-form.ts'
import { NOT_FOUND } from './not-found.ts'
import { sendFault, sendView } from './send-page.ts'

export interface AlertRouteDeps {
  readonly desk: Pick<AlertDesk, 'act' | 'actOnTheme'>
  /** Lets open pages know of what was done. */
  readonly wake: () => void
  readonly tenant: string
  readonly clock: Clock
  readonly limits: AlertLimits
}

const KEY = /^[A-Za-z0-9_-]{1,64}$/
const query = z.object({ fragment: z.string().catch('') }).catch({ fragment: '' })
const NAME_COOKIE = 'edge-name'
const NAME_MAX = 80

/** Who does it, as the history tells for ever: until there are accounts, the name that he writes. */
export function whoActs(given: { readonly who: string }): string {
  return given.who.trim()
}

/** The name that was written last in this browser, so that it need not be written again. Hostile text. */
export function lastName({ cookies }: FastifyRequest): string {
  return (cookies[NAME_COOKIE] ?? '').slice(0, NAME_MAX)
}

/** Keeps the name for forms to come, until the browser is closed. */
export function keepName(reply: FastifyReply, who: string): void {
  reply.setCookie(NAME_COOKIE, who.slice(0, NAME_MAX), {
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
  })
}

/** The list of alerts, one alert, and the forms by which people act on it. */
export function addAlertRoutes(server: FastifyInstance, pages: Pages, deps: AlertRouteDeps): void {
  const answer = (reply: FastifyReply, view: View | undefined): FastifyReply =>
    view === undefined ? sendFault(reply, pages, NOT_FOUND) : sendView(reply, pages, view)

  server.get('/alerts', async (request, reply) => {
    const { fragment } = query.parse(request.query)
    return answer(reply, await pages.alerts(request.query, fragment === 'rows'))
  })
  server.get<{ Params: { id: string } }>('/alerts/:id', async (request, reply) => {
    const { id } = request.params
    const isPart = query.parse(request.query).fragment === 'detail'
    const asked = { isPart, who: lastName(request) }
    return answer(reply, KEY.test(id) ? await pages.alert(id, asked) : undefined)
  })
  for (const kind of COMMAND_KINDS)
    server.post<{ Params: { id: string } }>(
      `/alerts/:id/${kind}`,
      { bodyLimit: deps.limits.formBytesMax },
      async (request, reply) => {
        const { id } = request.params
        if (!KEY.test(id)) return sendFault(reply, pages, NOT_FOUND)
        const given = readAlertForm(request.body)
        const who = whoActs(given)
        const problem = doneBy(deps, { kind, id, given, who })
        if (problem === undefined) {
          keepName(reply, who)
          return reply.redirect(`/alerts/${id}`, 303)
        }
        reply.code(409)
        const refused = refusedOf(kind, given, problem)
        return answer(reply, await pages.alert(id, { isPart: false, who: given.who, refused }))
      },
    )
}

/** Does what a form asks for; otherwise why not, in words. */
function doneBy(
  { desk, wake, tenant, clock }: AlertRouteDeps,
  asked: {
    readonly kind: CommandKind
    readonly id: string
    readonly given: AlertForm
    readonly who: string
  },
): string | undefined {
  const command = commandOf(asked.kind, asked.given)
  if (command === undefined) return `this is missing: ${REQUIREMENTS.decision}`
  const done = desk.act({ ...command, tenant, alert: asked.id }, asked.who, clock.wallMs())
  if (isFailure(done)) return done.detail
  wake()
  return undefined
}

function refusedOf(
  kind: CommandKind,
  { who: _who, events: _events, ...given }: AlertForm,
  problem: string,
): Refused {
  return { kind, problem: capital(problem), given }
}
