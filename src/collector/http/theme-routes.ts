import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { capital } from '#console/present/alert-words.ts'
import type { PlainTime } from '#console/present/plain-time.ts'
import { themes } from '#console/words/themes.ts'
import { THEMES, type ThemeId } from '#rules/themes.ts'
import type { ThemeCommand } from '../alerts/alert-command.ts'
import type { Pages } from '../pages/pages.ts'
import { viewerOf } from './access-check.ts'
import type { AlertRouteDeps } from './alert-routes.ts'
import { NOT_FOUND } from './not-found.ts'
import { sendFault, sendView } from './send-page.ts'

export type ThemeRouteDeps = Pick<AlertRouteDeps, 'desk' | 'tenant' | 'clock' | 'limits'> & {
  readonly time: PlainTime
}

const text = z.string().catch('')
const nothing = { theme: '', group: '', until: '', reason: '' }
const form = z.object({ theme: text, group: text, until: text, reason: text }).catch(nothing)
type Form = z.infer<typeof form>

/** What can be noticed, what is set aside, and the forms for both. */
export function addThemeRoutes(server: FastifyInstance, pages: Pages, deps: ThemeRouteDeps): void {
  server.get('/themes', async (request, reply) =>
    sendView(reply, pages, await pages.themes(viewerOf(request))),
  )
  const take = async (
    request: FastifyRequest,
    reply: FastifyReply,
    command: (given: Form) => ThemeCommand | undefined,
  ): Promise<FastifyReply> => {
    const given = form.parse(request.body)
    const viewer = viewerOf(request)
    const asked = command(given)
    const problem = doneBy(deps, asked, viewer.who)
    if (problem === undefined) return reply.redirect('/themes', 303)
    reply.code(409)
    const theme = asked && 'reason' in asked && asked.kind !== 'snooze' ? asked.theme : undefined
    const refused = { problem, theme, given }
    return sendView(reply, pages, await pages.themes(viewer, refused))
  }
  const options = { bodyLimit: deps.limits.formBytesMax }
  server.post('/themes/set-aside', options, (request, reply) =>
    take(request, reply, (given) => snoozeOf(given, deps)),
  )
  server.post<{ Params: { id: string } }>('/themes/set-aside/:id/end', options, (request, reply) =>
    take(request, reply, () => ({ kind: 'end-snooze', snooze: request.params.id })),
  )
  for (const kind of ['accept-demotion', 'refuse-demotion'] as const)
    server.post<{ Params: { theme: string } }>(
      `/themes/:theme/${kind}`,
      options,
      async (request, reply) => {
        const theme = themeOf(request.params.theme)
        if (theme === undefined) return sendFault(reply, pages, NOT_FOUND)
        return take(request, reply, ({ reason }) => ({ kind, theme, reason }))
      },
    )
}

function doneBy(
  { desk, tenant, clock }: ThemeRouteDeps,
  command: ThemeCommand | undefined,
  who: string,
): string | undefined {
  if (command === undefined) return themes.aside.chooseTheme
  const failed = desk.actOnTheme({ ...command, tenant }, who, clock.wallMs())
  return failed && capital(failed.detail)
}

/** The time is of today on the school's clocks; one that is past, or none, is for the desk to refuse. */
function snoozeOf(
  { theme: id, group, until, reason }: Form,
  { time, clock }: ThemeRouteDeps,
): ThemeCommand | undefined {
  const theme = themeOf(id)
  if (theme === undefined) return undefined
  const untilMs = time.atClock(time.dayText(clock.wallMs()), until) ?? 0
  return { kind: 'snooze', theme, group, untilMs, reason }
}

function themeOf(name: string): ThemeId | undefined {
  return THEMES.find(({ id }) => id === name)?.id
}
