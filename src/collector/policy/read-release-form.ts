import { z } from 'zod'
import { fill } from '#console/words/fill.ts'
import { releases as words } from '#console/words/releases.ts'
import type { ReleasedTarget } from '#domain/event.ts'
import { isFailure } from '#domain/failure.ts'
import { RELEASE_MINUTES_MAX, RELEASE_TEXT_MAX, type ReleaseAsked } from '#domain/release-told.ts'
import { readRuleName } from '#domain/rule-name.ts'
import { CATEGORIES } from '#rules/categories.ts'
import { isReleasable } from '#rules/policy-view.ts'
import { quoted } from './csv-table.ts'

const REASON_MIN = 5
const text = z.string().max(2000).catch('')
const nothing = { group: '', category: '', name: '', minutes: '', reason: '' }
const schema = z.object({ group: text, category: text, name: text, minutes: text, reason: text })

/** What somebody wants to open, as they wrote it. Hostile text. */
export type ReleaseForm = Readonly<Record<keyof typeof nothing, string>>
export type ReleaseProblems = Readonly<Partial<Record<keyof ReleaseForm, string>>>

/** Those that a box may release: none that is locked or grave, always open, or a way round the filter. */
export const RELEASABLE: readonly { readonly id: string; readonly title: string }[] =
  CATEGORIES.filter(({ id }) => isReleasable(id)).map(({ id, title }) => ({ id, title }))

/** Never throws. */
export function readReleaseForm(body: unknown): ReleaseForm {
  return schema.catch(nothing).parse(body)
}

/** What a form asks for, or what is wrong with it: quoted, and with what to do. Boxes have their say besides. */
export function releaseOf(
  form: ReleaseForm,
  who: string,
  groups: readonly string[],
): { readonly asked: ReleaseAsked } | { readonly problems: ReleaseProblems } {
  const group = form.group.trim()
  const target = targetOf(form)
  const minutes = Number(form.minutes.trim())
  const reason = form.reason.trim()
  const isTime = Number.isInteger(minutes) && minutes >= 1 && minutes <= RELEASE_MINUTES_MAX
  const problems: ReleaseProblems = {
    ...(group === '' && { group: words.noGroup }),
    ...(group !== '' && !groups.includes(group) && { group: told(words.strangeGroup, group) }),
    ...('problems' in target && target.problems),
    ...(!isTime && {
      minutes: fill(form.minutes.trim() === '' ? words.noMinutes : words.badMinutes, {
        given: quoted(form.minutes),
        max: RELEASE_MINUTES_MAX,
      }),
    }),
    ...(reason.length < REASON_MIN && { reason: words.noReason }),
    ...(reason.length > RELEASE_TEXT_MAX && {
      reason: fill(words.longReason, { length: reason.length, max: RELEASE_TEXT_MAX }),
    }),
  }
  if ('problems' in target || Object.keys(problems).length > 0) return { problems }
  const asked = {
    group,
    target: target.target,
    minutes,
    reason,
    who: who.slice(0, RELEASE_TEXT_MAX),
  }
  return { asked }
}

function targetOf({
  category,
  name,
}: ReleaseForm): { readonly target: ReleasedTarget } | { readonly problems: ReleaseProblems } {
  const site = name.trim()
  if (category !== '' && site !== '') return { problems: { name: told(words.both, site) } }
  if (category === '' && site === '') return { problems: { category: words.neither } }
  if (site === '')
    return RELEASABLE.some(({ id }) => id === category)
      ? { target: { kind: 'category', value: category } }
      : { problems: { category: told(words.never, category) } }
  const read = readRuleName(site)
  return isFailure(read)
    ? { problems: { name: fill(words.badName, { given: quoted(site), why: read.detail }) } }
    : { target: { kind: 'name', value: read } }
}

function told(said: string, given: string): string {
  return fill(said, { given: quoted(given) })
}
