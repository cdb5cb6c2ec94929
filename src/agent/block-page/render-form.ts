import { escapeHtml } from './html.ts'
import type { Audience } from './page-facts.ts'
import { PAGE_LIMITS } from './page-limits.ts'
import type { Wording } from './wording/wording.ts'

/** What a form holds, as it was written. */
export interface FormValues {
  readonly why: string
  readonly lesson: string
  readonly minutes: string
}

export type FormProblem = 'why-missing' | 'too-long' | 'minutes-wrong' | 'out-of-date' | 'too-often'

export interface FormState {
  readonly token: string
  readonly values: FormValues
  readonly problem: FormProblem | undefined
}

export const EMPTY_FORM: FormValues = { why: '', lesson: '', minutes: '' }

/** The form for a request to unblock. It asks for no name of a person. */
export function renderForm(state: FormState, audience: Audience, words: Wording): string {
  const { ask } = words
  const { values, problem } = state
  const atWhy = problem === 'why-missing' || problem === 'too-long'
  const why = field({
    id: 'why',
    label: ask.why[audience],
    hint: ask.hint[audience],
    message: atWhy ? problemText(problem, audience, words) : undefined,
    control: (described) =>
      `<textarea id="why" name="why" rows="3" maxlength="${PAGE_LIMITS.whyChars}" required${described}>${escapeHtml(values.why)}</textarea>`,
  })
  return `<form class="card" method="post" action="/" autocomplete="off" novalidate>
<h2>${escapeHtml(ask.heading[audience])}</h2>
<input type="hidden" name="token" value="${escapeHtml(state.token)}">
${why}${audience === 'staff' ? staffFields(state, words) : ''}
<button type="submit">${escapeHtml(ask.send)}</button>
</form>`
}

/** A problem in words. */
export function problemText(problem: FormProblem, audience: Audience, { ask }: Wording): string {
  switch (problem) {
    case 'why-missing':
      return ask.whyMissing[audience]
    case 'too-long':
      return ask.tooLong
    case 'minutes-wrong':
      return ask.minutesWrong
    case 'out-of-date':
      return ask.outOfDate
    case 'too-often':
      return ask.tooOften
    default:
      return problem satisfies never
  }
}

function staffFields({ values, problem }: FormState, words: Wording): string {
  const { ask } = words
  const lesson = field({
    id: 'lesson',
    label: ask.lesson,
    hint: ask.lessonHint,
    message: undefined,
    control: (described) =>
      `<input type="text" id="lesson" name="lesson" maxlength="${PAGE_LIMITS.lessonChars}" value="${escapeHtml(values.lesson)}"${described}>`,
  })
  const minutes = field({
    id: 'minutes',
    label: ask.minutes,
    hint: ask.minutesHint,
    message: problem === 'minutes-wrong' ? ask.minutesWrong : undefined,
    control: (described) =>
      `<input type="text" class="short" id="minutes" name="minutes" inputmode="numeric" maxlength="3" value="${escapeHtml(values.minutes)}"${described}>`,
  })
  return lesson + minutes
}

interface Field {
  readonly id: string
  readonly label: string
  readonly hint: string
  readonly message: string | undefined
  /** The control's HTML, given the attributes that tie it to hint and message. */
  readonly control: (described: string) => string
}

function field({ id, label, hint, message, control }: Field): string {
  const wrong = message === undefined ? '' : ' wrong'
  const said =
    message === undefined ? '' : `<p class="message" id="${id}-wrong">${escapeHtml(message)}</p>`
  const ids = `${id}-hint${message === undefined ? '' : ` ${id}-wrong`}`
  const described = ` aria-describedby="${ids}"${message === undefined ? '' : ' aria-invalid="true"'}`
  return `<div class="field${wrong}"><label for="${id}">${escapeHtml(label)}</label><p class="hint" id="${id}-hint">${escapeHtml(hint)}</p>${said}${control(described)}</div>
`
}
