import type { RequestsView } from '#console/policy-views.ts'
import { editableText, plainText } from '#console/present/plain-text.ts'
import { plainDuration } from '#console/present/plain-time.ts'
import { common } from '#console/words/common.ts'
import { countOf } from '#console/words/count-of.ts'
import { requests as words } from '#console/words/requests.ts'
import { time } from '#console/words/time.ts'
import { categoryOf } from '#rules/categories.ts'
import type { Viewer } from '../accounts/viewer.ts'
import { grantRefusal } from '../policy/policy-desk.ts'
import type { OpenRequest } from '../policy/unblock-requests.ts'
import { groupText } from './filter-choices.ts'
import { boxesOf, type PageContext, wordingOf } from './page-context.ts'
import { maySetPolicy } from './policy-page.ts'

/** A school day: what waits for longer is marked. */
const OLD_MS = 24 * 3_600_000
const PROBLEM_MAX = 600

/** What is wrong with a form, and with which of its fields. Hostile text. */
export interface RequestProblem {
  readonly field: 'length' | 'answer' | 'none'
  readonly text: string
}

/** A form that was refused. Hostile text. */
export interface RequestRefused {
  readonly appliance: string
  readonly request: string
  readonly answer: string
  readonly length: string
  readonly problem: RequestProblem
}

/** What pupils and teachers asked for on the block page, the longest waiting first. */
export function requestsPage(
  context: PageContext,
  viewer: Viewer,
  refused?: RequestRefused,
): RequestsView {
  const { policy } = context
  const wording = wordingOf(context, boxesOf(context))
  const { nowMs } = wording
  const isRefused = ({ appliance, request }: OpenRequest): boolean =>
    refused?.appliance === appliance && refused.request === request
  const open = policy.requests.open(nowMs)
  return {
    view: 'requests',
    maySet: maySetPolicy(viewer),
    problem: refused && summaryOf(refused.problem, open.findIndex(isRefused)),
    requests: open.map((one) => ({
      reference: plainText(one.request, 20),
      box: plainText(wording.boxName(one.appliance), 80),
      appliance: one.appliance,
      name: plainText(one.name),
      facts: factsOf(one),
      why: plainText(one.why, 500),
      age: plainDuration(nowMs - one.firstAt),
      isOld: nowMs - one.firstAt > OLD_MS,
      never: grantRefusal(one) ?? '',
      problems: problemsOf(isRefused(one) ? refused?.problem : undefined),
      answer: isRefused(one) ? editableText(refused?.answer ?? '') : '',
      lengths: lengthChoices(isRefused(one) ? (refused?.length ?? '') : ''),
    })),
  }
}

/** What stands above the page; it leads to the field, or to the page where that request is gone or no field is at fault. */
function summaryOf({ field, text }: RequestProblem, index: number): RequestsView['problem'] {
  const isOfField = index >= 0 && field !== 'none'
  const href = isOfField ? `#${field}-${index + 1}` : '#main-content'
  return { text: plainText(text, PROBLEM_MAX), href }
}

function problemsOf(
  problem: RequestProblem | undefined,
): RequestsView['requests'][number]['problems'] {
  const of = (field: RequestProblem['field']): string =>
    problem?.field === field ? plainText(problem.text, PROBLEM_MAX) : ''
  return { length: of('length'), answer: of('answer'), all: of('none') }
}

function lengthChoices(chosen: string) {
  const choices = [['', common.choose], ...Object.entries(words.lengths)] as const
  return choices.map(([value = '', text = '']) => ({ value, text, selected: value === chosen }))
}

function factsOf({ group, category, lesson, minutes, count }: OpenRequest) {
  const { facts } = words
  const title = category === undefined ? undefined : categoryOf(category)?.title
  return [
    { key: common.group, value: groupText(group) },
    ...(category === undefined
      ? []
      : [{ key: facts.category, value: title ?? plainText(category, 60) }]),
    ...(lesson === undefined ? [] : [{ key: facts.lesson, value: plainText(lesson, 100) }]),
    ...(minutes === undefined
      ? []
      : [{ key: facts.wantedFor, value: countOf(minutes, time.minutes) }]),
    { key: facts.asked, value: countOf(count, words.times) },
  ]
}
