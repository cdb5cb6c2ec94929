import type { FormField } from '#console/alert-views.ts'
import { capital } from '#console/present/alert-words.ts'
import { editableText, plainText } from '#console/present/plain-text.ts'
import { plural } from '#console/present/plain-time.ts'
import { weekPoints } from '#console/present/week-bars.ts'
import type { Wording } from '#console/present/wording.ts'
import type { ThemesView, ThemeView } from '#console/theme-views.ts'
import type { StatusReport } from '#domain/ingest.ts'
import { categoryOf } from '#rules/categories.ts'
import { THEMES, type ThemeId, themeTitle } from '#rules/themes.ts'
import { NEVER_SET_ASIDE } from '#safeguarding/judge.ts'
import { isLead } from '../accounts/scope.ts'
import type { Viewer } from '../accounts/viewer.ts'
import { type Demotion, type ThemePrecision, WEEK_MS, weekOf } from '../alerts/learning.ts'
import { groupText } from './filter-choices.ts'
import { boxesOf, type PageContext, wordingOf } from './page-context.ts'

const WEEKS_SHOWN = 8

/** A form that was refused: what was written stands in it again. Hostile text. */
export interface ThemesRefused {
  readonly problem: string
  /** The theme whose proposal it was about; else a theme was to be set aside. */
  readonly theme?: ThemeId | undefined
  readonly given: Readonly<Record<string, string>>
}

/** What can be noticed, how right it was, and what is set aside; who did so, and why, is not for IT. */
export async function themesPage(
  context: PageContext,
  viewer: Viewer,
  refused?: ThemesRefused,
): Promise<ThemesView> {
  const { themeReads, tenant, watch, limits, store } = context
  const boxes = boxesOf(context)
  const wording = wordingOf(context, boxes)
  const { nowMs, time } = wording
  const reports = boxes.flatMap(({ appliance }) => watch.lastHeard(appliance)?.report ?? [])
  const span = { fromMs: nowMs - WEEKS_SHOWN * WEEK_MS, toMs: nowMs + 1 }
  const precision = themeReads.precision(tenant, span)
  const demotions = themeReads.demotions(tenant)
  const mayAct = isLead(viewer)
  const namesPeople = mayAct || viewer.rights.has('head')
  const { groups } = await store.filterChoices(tenant, limits.filterChoicesMax)
  return {
    view: 'themes',
    boxes: reports.length,
    themes: THEMES.map(({ id }) => ({
      id,
      title: capital(themeTitle(id)),
      ...listState(id, reports),
      ...weeksOf(
        precision.filter(({ theme }) => theme === id),
        wording,
      ),
      demotion: demotionView(
        demotions.find(({ theme }) => theme === id),
        { mayAct, namesPeople },
        wording,
      ),
    })),
    snoozes: themeReads
      .snoozes(tenant, nowMs)
      .map(({ id, theme, group, untilAt, who: by, reason }) => ({
        endHref: mayAct ? `/themes/set-aside/${encodeURIComponent(id)}/end` : undefined,
        theme: capital(themeTitle(theme)),
        group: plainText(group, 80),
        until: time.at(untilAt, nowMs),
        by: namesPeople ? `${plainText(by, 80)}: ${plainText(reason, REASON_CHARS_MAX)}` : '',
      })),
    fields: fieldsOf(groups, refused?.theme === undefined ? (refused?.given ?? {}) : {}),
    hoursMax: limits.alerts.snoozeMaxMs / 3_600_000,
    mayAct,
    problem: refused?.problem,
    problemAt: refused?.theme === undefined ? 'set-aside' : `theme-${refused.theme}`,
  }
}
const REASON_CHARS_MAX = 300

function listState(
  theme: ThemeId,
  reports: readonly StatusReport[],
): Pick<ThemeView, 'cannot' | 'lists'> {
  const title = themeTitle(theme)
  const blind = reports.filter((one) => one.themesWithoutList.includes(title)).length
  const own = new Map(
    reports
      .flatMap(({ lists }) => lists)
      .filter(({ categories }) => categories.some((id) => categoryOf(id)?.theme === theme))
      .map(({ id, names }) => [id, names]),
  )
  const names = [...own.values()].reduce((sum, one) => sum + one, 0)
  const which = reports.length === 1 ? 'this box' : `${blind} of ${reports.length} boxes`
  return {
    cannot: blind === 0 ? '' : `No list installed: ${which} cannot notice ${title}.`,
    lists:
      own.size === 0
        ? ''
        : `${plural(own.size, 'list')} with ${plural(names, 'name')} in all, of this and other kinds`,
  }
}

/** As a table, newest first, and as a drawing, in which weeks without any stand too. */
function weeksOf(
  own: readonly ThemePrecision[],
  { time, nowMs }: Wording,
): Pick<ThemeView, 'weeks' | 'points'> {
  const known = new Map(own.map((one) => [one.week, one]))
  const drawn = Array.from(
    { length: WEEKS_SHOWN + 1 },
    (_, index) => weekOf(nowMs) - (WEEKS_SHOWN - index) * WEEK_MS,
  )
  return {
    points: weekPoints(drawn.map(time.shortDate), [
      { label: 'Closed', values: drawn.map((week) => known.get(week)?.labels ?? 0) },
      { label: 'A concern', values: drawn.map((week) => known.get(week)?.concerns ?? 0) },
    ]),
    weeks: own
      .toReversed()
      .map(({ week, labels, concerns, noConcerns, falsePositives, isSimulated }) => ({
        week: time.date(week),
        closed: labels.toLocaleString('en-GB'),
        concerns: concerns.toLocaleString('en-GB'),
        noConcerns: noConcerns.toLocaleString('en-GB'),
        falsePositives: falsePositives.toLocaleString('en-GB'),
        isSimulated,
      })),
  }
}

function demotionView(
  demotion: Demotion | undefined,
  shown: { readonly mayAct: boolean; readonly namesPeople: boolean },
  { time, nowMs }: Wording,
): ThemeView['demotion'] {
  if (demotion === undefined) return undefined
  const { state, labels, concerns, isSimulated, who, reason, decidedAt } = demotion
  const figures = `${concerns} of ${plural(labels, 'closed alert')} ${concerns === 1 ? 'was' : 'were'} a concern${isSimulated ? ' (simulated)' : ''}`
  const decided =
    decidedAt === undefined || !shown.namesPeople
      ? ''
      : `${plainText(who ?? '', 80)}, ${time.at(decidedAt, nowMs).inline}: ${plainText(reason ?? '', REASON_CHARS_MAX)}`
  const texts = {
    proposed: `It is proposed to tell of this theme one severity lower: ${figures}.`,
    accepted: `It is told one severity lower: ${figures}.`,
    refused: `It is told as before. It was proposed to tell of it one severity lower: ${figures}.`,
  }
  return {
    text: texts[state],
    decided,
    mayAccept: shown.mayAct && state === 'proposed',
    mayRefuse: shown.mayAct && state !== 'refused',
  }
}

function fieldsOf(
  groups: readonly string[],
  given: Readonly<Record<string, string>>,
): readonly FormField[] {
  const field = (
    type: FormField['type'],
    name: string,
    label: string,
    more: Partial<FormField> = {},
  ): FormField => ({
    type,
    id: `aside-${name}`,
    name,
    label,
    hint: '',
    items: [],
    ...more,
    value: editableText(given[name] ?? ''),
  })
  const themes = THEMES.filter(({ id }) => !NEVER_SET_ASIDE.includes(id))
  const choose = { value: '', text: 'Choose' }
  return [
    field('select', 'theme', 'Theme', {
      items: [choose, ...themes.map(({ id, title }) => ({ value: id, text: capital(title) }))],
    }),
    // As long as nothing has come from a group, its name can only be written.
    groups.length === 0
      ? field('line', 'group', 'Group', { hint: 'As IT named it, such as ks4' })
      : field('select', 'group', 'Group', {
          items: [choose, ...groups.map((value) => ({ value, text: groupText(value) }))],
        }),
    field('time', 'until', 'Until', { hint: 'Today, such as 15:10' }),
    field('area', 'reason', 'Why?', { hint: 'Such as: Year 10, lesson on drugs, period 3' }),
  ]
}
