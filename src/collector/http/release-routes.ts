import type { FastifyInstance, FastifyReply } from 'fastify'
import { fill } from '#console/words/fill.ts'
import { releases as words } from '#console/words/releases.ts'
import type { ReleaseField } from '#domain/release-told.ts'
import type { Pages } from '../pages/pages.ts'
import type { ReleasesGiven } from '../pages/releases-page.ts'
import { quoted } from '../policy/csv-table.ts'
import { type ReleaseForm, readReleaseForm, releaseOf } from '../policy/read-release-form.ts'
import type { ReleaseAnswer } from '../policy/releases.ts'
import { viewerOf } from './access-check.ts'
import { NOT_FOUND } from './not-found.ts'
import type { PolicyRouteDeps } from './policy-routes.ts'
import { sendFault, sendView } from './send-page.ts'

const PAGE = '/policy/releases'

/** What teachers are let open for a lesson: the page, and how it begins and ends. */
export function addReleaseRoutes(
  server: FastifyInstance,
  pages: Pages,
  { policy: { releases }, clock, time, limits }: PolicyRouteDeps,
): void {
  const options = { bodyLimit: limits.formBytesMax }
  const show = (reply: FastifyReply, given?: ReleasesGiven): FastifyReply => {
    if (given?.problems || given?.problem !== undefined) reply.code(409)
    return sendView(reply, pages, pages.releases(given))
  }
  server.get(PAGE, async (_request, reply) => show(reply))
  server.post(PAGE, options, async (request, reply) => {
    const form = readReleaseForm(request.body)
    const read = releaseOf(form, viewerOf(request).who, pages.policyGroups())
    if ('problems' in read) return show(reply, { form, problems: read.problems })
    const answers = await releases.begin(read.asked)
    const given = outcomeOf(form, answers, pages.boxName)
    return given === undefined ? reply.redirect(PAGE, 303) : show(reply, given)
  })
  server.post<{ Params: { id: string } }>(`${PAGE}/:id/end`, options, async (request, reply) => {
    const found = releases.list().find(({ id }) => id === request.params.id)
    if (found === undefined) return sendFault(reply, pages, NOT_FOUND)
    // Over already: what was wanted is so.
    if (found.ended !== undefined) return reply.redirect(PAGE, 303)
    const { outcome } = await releases.end(found, viewerOf(request).who)
    if (outcome.kind === 'done') return reply.redirect(PAGE, 303)
    const ends = time.at(found.endsAt, clock.wallMs()).inline
    const problem =
      outcome.kind === 'away'
        ? fill(words.endAway, { time: ends })
        : fill(words.endRefused, { why: outcome.detail })
    return show(reply, { problem })
  })
}

/** What is to be said of what boxes answered; undefined where all have done it. */
function outcomeOf(
  form: ReleaseForm,
  answers: readonly ReleaseAnswer[],
  boxName: (appliance: string) => string,
): ReleasesGiven | undefined {
  const rest = answers.filter(({ outcome }) => outcome.kind !== 'done')
  if (rest.length === 0 && answers.length > 0) return undefined
  if (rest.length < answers.length) {
    const boxes = rest.map((one) => partWords(one, boxName)).join('; ')
    return { notice: fill(words.partly, { boxes }) }
  }
  const refused = rest.flatMap(({ outcome }) => (outcome.kind === 'refused' ? [outcome] : []))
  const [first] = refused
  if (first === undefined) return { form, problem: words.away }
  const field = fieldOf(first.about, form)
  const why = [...new Set(refused.map(({ detail }) => detail))].join('; ')
  const problem = fill(words.refused, { given: quoted(form[field]), why })
  return { form, problems: { [field]: problem } }
}

function fieldOf(about: ReleaseField | undefined, { name }: ReleaseForm): keyof ReleaseForm {
  if (about === 'group' || about === 'minutes') return about
  return name.trim() === '' ? 'category' : 'name'
}

function partWords(
  { appliance, outcome }: ReleaseAnswer,
  boxName: (appliance: string) => string,
): string {
  const box = boxName(appliance)
  return outcome.kind === 'refused'
    ? fill(words.partRefused, { box, why: outcome.detail })
    : fill(words.partAway, { box })
}
