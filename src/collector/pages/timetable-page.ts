import type { BoxState } from '#console/policy-views.ts'
import { editableText, plainText } from '#console/present/plain-text.ts'
import type { TableFieldView, TimetableView } from '#console/timetable-views.ts'
import { fill } from '#console/words/fill.ts'
import { timetable as words } from '#console/words/timetable.ts'
import type { TimetableTold } from '#domain/console-timetable.ts'
import type { Enrolment } from '#domain/ingest.ts'
import type { Viewer } from '../accounts/viewer.ts'
import type { LineProblem } from '../policy/csv-table.ts'
import type { PolicyVersion } from '../policy/policy-versions.ts'
import { daysText, EXAMPLE_DAYS, EXAMPLE_WEEK, weekText } from '../policy/timetable-csv.ts'
import { boxesOf, type PageContext } from './page-context.ts'
import { maySetPolicy } from './policy-page.ts'
import { NO_TIMETABLE, shownDays, shownWeek, timetableChanges } from './timetable-words.ts'

const BOXES_SHOWN_MAX = 50
const PROBLEM_MAX = 600
/** Wrong lines that are told; the rest is counted. */
const LINES_TOLD_MAX = 10

/** What came of the last form, which stands there again. Hostile text. */
export interface TimetableGiven {
  readonly week?: string
  readonly days?: string
  readonly reason?: string
  readonly problems?: {
    readonly week?: readonly LineProblem[]
    readonly days?: readonly LineProblem[]
    readonly reason?: string
    /** Of no field. */
    readonly all?: string
  }
  /** What it would put in force. */
  readonly preview?: TimetableTold
}

/** When there is school, for boxes that go by the console. */
export function timetablePage(
  context: PageContext,
  viewer: Viewer,
  given?: TimetableGiven,
): TimetableView {
  const { versions } = context.policy
  const current = versions.current()
  const shown = current?.timetable ? { told: current.timetable, box: undefined } : ofFirst(context)
  const told = shown?.told ?? NO_TIMETABLE
  const { week, days, reason } = { ...textsOf(shown?.told), ...given }
  const problems = given?.problems ?? {}
  const form = {
    week: tableField(week, problems.week),
    days: tableField(days, problems.days),
    reason: { value: editableText(reason), problem: plainText(problems.reason ?? '', PROBLEM_MAX) },
  }
  return {
    view: 'timetable',
    maySet: maySetPolicy(viewer),
    isSet: current?.timetable !== undefined,
    isExample: shown === undefined && given?.week === undefined && given?.days === undefined,
    source: sourceWords(current, shown?.box),
    boxes: boxesOf(context)
      .slice(0, BOXES_SHOWN_MAX)
      .map((box) => boxState(context, box, current)),
    week: shownWeek(told),
    days: shownDays(told),
    form,
    preview: given?.preview && timetableChanges(told, given.preview),
    problems: [
      ...form.week.problems.map((text) => ({ text, href: '#week' })),
      ...form.days.problems.map((text) => ({ text, href: '#days' })),
      ...(form.reason.problem === '' ? [] : [{ text: form.reason.problem, href: '#reason' }]),
      ...(problems.all === undefined
        ? []
        : [{ text: plainText(problems.all, PROBLEM_MAX), href: '#main-content' }]),
    ],
  }
}

/** The timetable of the file of the first box that told it. */
function ofFirst(
  context: PageContext,
): { readonly told: TimetableTold; readonly box: string | undefined } | undefined {
  const known = context.policy.boxes.all()
  for (const { appliance, name } of boxesOf(context)) {
    const state = known.get(appliance)?.timetable
    if (
      state?.source === 'file' &&
      state.timetable.periods.length + state.timetable.days.length > 0
    )
      return { told: state.timetable, box: name }
  }
  return undefined
}

function textsOf(told: TimetableTold | undefined) {
  return told
    ? { week: weekText(told), days: daysText(told), reason: '' }
    : { week: EXAMPLE_WEEK, days: EXAMPLE_DAYS, reason: '' }
}

function sourceWords(current: PolicyVersion | undefined, box: string | undefined): string {
  if (current?.timetable) return words.set
  return box === undefined ? words.notSet : fill(words.notSetShown, { box: plainText(box, 80) })
}

function boxState(
  { policy }: PageContext,
  { appliance, name: text }: Enrolment,
  current: PolicyVersion | undefined,
): BoxState {
  const box = policy.boxes.all().get(appliance)
  const say = (isWell: boolean, said: string, problems: readonly string[] = []): BoxState => ({
    name: plainText(text, 80),
    text: said,
    problems: problems.map((one) => plainText(one, PROBLEM_MAX)),
    isWell,
  })
  if (current && box?.refused === current.id)
    return say(false, fill(words.refused, { version: current.version }), box.problems)
  if (box?.timetable === undefined) return say(false, words.notTold)
  if (box.timetable.source === 'console') return say(true, words.ofConsole)
  if (box.timetable.problems.length > 0)
    return say(false, words.ofFileInstead, box.timetable.problems)
  return current?.timetable && box.inForce !== current.id
    ? say(true, fill(words.notYet, { version: current.version }))
    : say(true, words.ofFile)
}

function tableField(value: string, problems: readonly LineProblem[] = []): TableFieldView {
  const told = problems
    .slice(0, LINES_TOLD_MAX)
    .map(({ line, text }) =>
      plainText(line === 0 ? text : fill(words.line, { line, text }), PROBLEM_MAX),
    )
  const more = problems.length - told.length
  return {
    value: editableText(value),
    problems: more > 0 ? [...told, fill(words.moreLines, { count: more })] : told,
  }
}
