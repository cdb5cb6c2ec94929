import type { FieldView } from '#console/policy-views.ts'
import { editableText, plainText } from '#console/present/plain-text.ts'
import type { Wording } from '#console/present/wording.ts'
import type { ReleaseItem, ReleasesView } from '#console/release-views.ts'
import { fill } from '#console/words/fill.ts'
import { releases as words } from '#console/words/releases.ts'
import { categoryOf } from '#rules/categories.ts'
import { RELEASABLE, type ReleaseForm, type ReleaseProblems } from '../policy/read-release-form.ts'
import type { KnownRelease } from '../policy/releases.ts'
import { groupText } from './filter-choices.ts'
import { boxesOf, type PageContext, wordingOf } from './page-context.ts'
import { knownGroups } from './policy-page.ts'

const OVER_SHOWN_MAX = 50
const PROBLEM_MAX = 600
const EMPTY: ReleaseForm = { group: '', category: '', name: '', minutes: '', reason: '' }

/** What came of the last form, which stands there again. */
export interface ReleasesGiven {
  readonly form?: ReleaseForm
  readonly problems?: ReleaseProblems
  /** Of no field. */
  readonly problem?: string
  readonly notice?: string
}

/** Releases in force and lately ended, newest first. */
export function releasesPage(
  context: PageContext,
  { form = EMPTY, problems = {}, problem, notice = '' }: ReleasesGiven = {},
): ReleasesView {
  const boxes = boxesOf(context)
  const wording = wordingOf(context, boxes)
  const all = context.policy.releases.list()
  const item = (release: KnownRelease): ReleaseItem =>
    releaseItem(release, wording, boxes.length > 1)
  const field = (name: keyof ReleaseForm): FieldView => ({
    value: editableText(form[name]),
    problem: plainText(problems[name] ?? '', PROBLEM_MAX),
  })
  return {
    view: 'releases',
    inForce: all.filter(({ ended }) => ended === undefined).map(item),
    over: all
      .filter(({ ended }) => ended !== undefined)
      .slice(0, OVER_SHOWN_MAX)
      .map(item),
    groups: knownGroups(context).map((value) => ({
      value,
      text: groupText(value),
      selected: value === form.group,
    })),
    categories: RELEASABLE.map(({ id, title }) => ({
      value: id,
      text: title,
      selected: id === form.category,
    })),
    form: {
      group: field('group'),
      category: field('category'),
      name: field('name'),
      minutes: field('minutes'),
      reason: field('reason'),
    },
    notice: plainText(notice, PROBLEM_MAX),
    problems: [
      ...Object.entries(problems).map(([name, text]) => ({
        text: plainText(text, PROBLEM_MAX),
        href: `#release-${name}`,
      })),
      ...(problem === undefined
        ? []
        : [{ text: plainText(problem, PROBLEM_MAX), href: '#main-content' }]),
    ],
  }
}

/** The site or the category that is released. */
export function releasedWords({ target }: Pick<KnownRelease, 'target'>): string {
  const { kind, value } = target
  if (kind === 'name') return plainText(value)
  return fill(words.category, { title: categoryOf(value)?.title ?? plainText(value, 60) })
}

function releaseItem(
  release: KnownRelease,
  { time, nowMs, boxName }: Wording,
  hasBoxes: boolean,
): ReleaseItem {
  const { id, appliance, reason, who, grantedAt, endsAt, ended } = release
  const what = releasedWords(release)
  const group = groupText(release.group)
  const span = {
    group,
    from: time.at(grantedAt, nowMs).after,
    to: ended === undefined ? '' : time.clock(ended.at),
  }
  const overText =
    ended?.who === undefined
      ? fill(words.endedAt, span)
      : fill(words.endedBy, { ...span, who: plainText(ended.who, 80) })
  return {
    what,
    text: ended === undefined ? fill(words.until, { group, time: time.clock(endsAt) }) : overText,
    reason: plainText(reason, 250),
    who: plainText(who, 80),
    box: hasBoxes ? fill(words.at, { box: plainText(boxName(appliance), 80) }) : '',
    endHref: ended === undefined ? `/policy/releases/${encodeURIComponent(id)}/end` : undefined,
    endLabel: fill(words.endLabel, { what, group }),
  }
}
