import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { fill } from '#console/words/fill.ts'
import { timetable as words } from '#console/words/timetable.ts'
import { RULE_TEXT_MAX } from '#domain/console-rules.ts'
import type { TimetableTold } from '#domain/console-timetable.ts'
import { isFailure } from '#domain/failure.ts'
import type { Pages } from '../pages/pages.ts'
import type { TimetableGiven } from '../pages/timetable-page.ts'
import type { Policy } from '../policy/policy.ts'
import { withTimetable } from '../policy/policy-desk.ts'
import { readDays, readWeek, TABLE_CHARS_MAX } from '../policy/read-timetable.ts'
import { EXAMPLE_DAYS, EXAMPLE_WEEK } from '../policy/timetable-csv.ts'
import { viewerOf } from './access-check.ts'
import { takeMultipart } from './multipart.ts'
import { sendView } from './send-page.ts'

/** Two tables as text, and two as files. */
const FORM_BYTES_MAX = 4 * TABLE_CHARS_MAX
const REASON_MIN = 5
const OF_DAYS = /^timetable\.(terms|closed)/

const text = z.string().catch('')
const formSchema = z
  .object({ week: text, days: text, weekFile: text, daysFile: text, reason: text })
  .catch({ week: '', days: '', weekFile: '', daysFile: '', reason: '' })

/** A form that was read: what it wants, or what is wrong with it. */
interface ReadForm {
  readonly given: TimetableGiven
  readonly wanted: TimetableTold | undefined
}

/** When there is school: the page, its two tables, and how they change. */
export async function addTimetableRoutes(
  server: FastifyInstance,
  pages: Pages,
  { policy }: { readonly policy: Policy },
): Promise<void> {
  await server.register(async (scope) => {
    takeMultipart(scope, FORM_BYTES_MAX)
    scope.get('/policy/timetable', async (request, reply) =>
      sendView(reply, pages, pages.timetable(viewerOf(request))),
    )
    addExamples(scope)
    addForms(scope, pages, policy)
  })
}

function addExamples(scope: FastifyInstance): void {
  const add = (name: string, csv: string): void => {
    scope.get(`/policy/timetable/${name}.csv`, async (_request, reply) =>
      reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="${name}.csv"`)
        .send(csv),
    )
  }
  add('example-week', EXAMPLE_WEEK)
  add('example-terms', EXAMPLE_DAYS)
}

function addForms(scope: FastifyInstance, pages: Pages, { desk }: Policy): void {
  const options = { bodyLimit: FORM_BYTES_MAX }
  const show = (
    request: FastifyRequest,
    reply: FastifyReply,
    given: TimetableGiven,
  ): FastifyReply => {
    if (given.problems) reply.code(409)
    return sendView(reply, pages, pages.timetable(viewerOf(request), given))
  }
  scope.post('/policy/timetable/preview', options, async (request, reply) => {
    const { given, wanted } = readForm(request.body, false)
    if (wanted === undefined) return show(request, reply, given)
    const refused = await desk.check(withTimetable(wanted))
    const outcome = refused ? ofBoxes(refused.detail) : { preview: wanted }
    return show(request, reply, { ...given, ...outcome })
  })
  scope.post('/policy/timetable', options, async (request, reply) => {
    const { given, wanted } = readForm(request.body, true)
    if (wanted === undefined) return show(request, reply, given)
    const change = { who: viewerOf(request).who, why: (given.reason ?? '').trim() }
    const saved = await desk.save(withTimetable(wanted), change)
    return isFailure(saved)
      ? show(request, reply, { ...given, ...ofBoxes(saved.detail) })
      : reply.redirect('/policy/timetable', 303)
  })
  scope.post('/policy/timetable/remove', options, async (request, reply) => {
    const change = { who: viewerOf(request).who, why: words.removedWhy }
    const saved = await desk.save(withTimetable(undefined), change)
    if (!isFailure(saved)) return reply.redirect('/policy/timetable', 303)
    const all = fill(words.notSaved, { why: saved.detail })
    return show(request, reply, { problems: { all } })
  })
}

/** A file that was chosen takes the place of the text beside it. */
function readForm(body: unknown, needsReason: boolean): ReadForm {
  const form = formSchema.parse(body)
  const week = form.weekFile.trim() === '' ? form.week : form.weekFile
  const days = form.daysFile.trim() === '' ? form.days : form.daysFile
  const [readOfWeek, readOfDays] = [readWeek(week), readDays(days)]
  const reason = needsReason ? problemOfReason(form.reason) : undefined
  const given = { week, days, reason: form.reason }
  if ('rows' in readOfWeek && 'rows' in readOfDays && reason === undefined)
    return { given, wanted: { periods: readOfWeek.rows, days: readOfDays.rows } }
  const problems = {
    ...('problems' in readOfWeek && { week: readOfWeek.problems }),
    ...('problems' in readOfDays && { days: readOfDays.problems }),
    ...(reason !== undefined && { reason }),
  }
  return { given: { ...given, problems }, wanted: undefined }
}

function problemOfReason(given: string): string | undefined {
  const { length } = given.trim()
  if (length < REASON_MIN) return words.noReason
  return length > RULE_TEXT_MAX ? fill(words.longReason, { length, max: RULE_TEXT_MAX }) : undefined
}

/** Beside the table that the first of the boxes' words is about. */
function ofBoxes(why: string): Pick<TimetableGiven, 'problems'> {
  const told = [{ line: 0, text: fill(words.notSaved, { why }) }]
  return { problems: OF_DAYS.test(why) ? { days: told } : { week: told } }
}
