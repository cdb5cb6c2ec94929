import type { FormField } from '#console/alert-views.ts'
import { capital } from '#console/present/alert-words.ts'
import { editableText, plainText } from '#console/present/plain-text.ts'
import { weekPoints } from '#console/present/week-bars.ts'
import type { Wording } from '#console/present/wording.ts'
import type { ThemesView, ThemeView } from '#console/theme-views.ts'
import { common } from '#console/words/common.ts'
import { countOf } from '#console/words/count-of.ts'
import { fill } from '#console/words/fill.ts'
import { themes as words } from '#console/words/themes.ts'
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
  const mayAct = isLead(viewer)
  const namesPeople = mayAct || viewer.rights.has('head')
  const themes = themeViews(context, reports, { mayAct, namesPeople }, wording)
  const { groups } = await store.filterChoices(tenant, limits.filterChoicesMax)
  return {
    view: 'themes',
    boxes: reports.length,
    themes,
    isJudged: themes.some(({ weeks, demotion }) => weeks.length > 0 || demotion !== undefined),
    snoozes: themeReads
      .snoozes(tenant, nowMs)
      .map(({ id, theme, group, untilAt, who: by, reason }) => ({
        endHref: mayAct ? `/themes/set-aside/${encodeURIComponent(id)}/end` : undefined,
        theme: capital(themeTitle(theme)),
        group: plainText(group, 80),
        until: time.at(untilAt, nowMs),
        by: namesPeople
          ? fill(words.aside.by, {
              who: plainText(by, 80),
              why: plainText(reason, REASON_CHARS_MAX),
            })
          : '',
      })),
    fields: fieldsOf(groups, refused?.theme === undefined ? (refused?.given ?? {}) : {}),
    hoursMax: limits.alerts.snoozeMaxMs / 3_600_000,
    mayAct,
    problem: refused?.problem,
    problemAt: refused?.theme === undefined ? 'set-aside' : `theme-${refused.theme}`,
  }
}
const REASON_CHARS_MAX = 300

function themeViews(
  { themeReads, tenant }: PageContext,
  reports: readonly StatusReport[],
  shown: { readonly mayAct: boolean; readonly namesPeople: boolean },
  wording: Wording,
): readonly ThemeView[] {
  const { nowMs } = wording
  const span = { fromMs: nowMs - WEEKS_SHOWN * WEEK_MS, toMs: nowMs + 1 }
  const precision = themeReads.precision(tenant, span)
  const demotions = themeReads.demotions(tenant)
  return THEMES.map(({ id }) => {
    const own = precision.filter(({ theme }) => theme === id)
    const demotion = demotions.find(({ theme }) => theme === id)
    return {
      id,
      title: capital(themeTitle(id)),
      ...listState(id, reports),
      ...weeksOf(own, wording),
      demotion: demotionView(demotion, shown, wording),
    }
  })
}

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
  const cannot = reports.length === 1 ? words.cannotOneBox : words.cannotBoxes
  return {
    cannot: blind === 0 ? '' : fill(cannot, { blind, boxes: reports.length }),
    lists:
      own.size === 0
        ? ''
        : fill(words.lists, {
            lists: countOf(own.size, words.listCount),
            names: countOf(names, words.nameCount),
          }),
  }
}

/** As a table, newest first, and as a drawing, in which weeks without any stand too. */
function weeksOf(
  own: readonly ThemePrecision[],
  { time, nowMs }: Wording,
): Pick<ThemeView, 'weeks' | 'points' | 'closed'> {
  const known = new Map(own.map((one) => [one.week, one]))
  const drawn = Array.from(
    { length: WEEKS_SHOWN + 1 },
    (_, index) => weekOf(nowMs) - (WEEKS_SHOWN - index) * WEEK_MS,
  )
  return {
    closed: own.reduce((sum, { labels }) => sum + labels, 0).toLocaleString('en-GB'),
    points: weekPoints(drawn.map(time.shortDate), [
      { label: words.weeks.closed, values: drawn.map((week) => known.get(week)?.labels ?? 0) },
      {
        label: words.weeks.concernSeries,
        values: drawn.map((week) => known.get(week)?.concerns ?? 0),
      },
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
  const { demotion: texts } = words
  const counted = fill(concerns === 1 ? texts.figuresOne : texts.figures, {
    concerns,
    closed: countOf(labels, texts.closedAlerts),
  })
  const figures = isSimulated ? fill(texts.figuresSimulated, { figures: counted }) : counted
  const decided =
    decidedAt === undefined || !shown.namesPeople
      ? ''
      : fill(texts.decided, {
          who: plainText(who ?? '', 80),
          when: time.at(decidedAt, nowMs).inline,
          why: plainText(reason ?? '', REASON_CHARS_MAX),
        })
  return {
    text: fill(texts[state], { figures }),
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
  const choose = { value: '', text: common.choose }
  return [
    field('select', 'theme', common.theme, {
      items: [choose, ...themes.map(({ id, title }) => ({ value: id, text: capital(title) }))],
    }),
    // As long as nothing has come from a group, its name can only be written.
    groups.length === 0
      ? field('line', 'group', common.group, { hint: words.aside.groupHint })
      : field('select', 'group', common.group, {
          items: [choose, ...groups.map((value) => ({ value, text: groupText(value) }))],
        }),
    field('time', 'until', words.aside.until, { hint: words.aside.untilHint }),
    field('area', 'reason', common.why, { hint: words.aside.whyHint }),
  ]
}
