import { escapeHtml, hostileHtml } from './html.ts'
import type { AskedBefore, AskOutcome, BlockedFacts } from './page-facts.ts'
import { type FormState, problemText, renderForm } from './render-form.ts'
import type { PageContent, PageFrame } from './render-layout.ts'
import { unicodeOf } from './shown-name.ts'
import type { Wording } from './wording/wording.ts'

const NAME_CHARS_MAX = 100
const ANSWER_CHARS_MAX = 500

/** What the page of a block shows beside the block. */
export interface BlockedView {
  /** Absent where nothing can be asked for. */
  readonly form: FormState | undefined
  /** What became of a request just sent. */
  readonly outcome: AskOutcome['kind'] | undefined
}

/** Why it is blocked, whom to ask, and the form. */
export function renderBlocked(
  facts: BlockedFacts,
  { form, outcome }: BlockedView,
  frame: PageFrame,
): PageContent {
  const { words } = frame
  const { audience, asked } = facts
  const problem = form?.problem
  const heading = words.blocked.heading[audience]
  const parts = [
    outcome === undefined ? '' : renderOutcome(outcome, asked, frame),
    problem === undefined
      ? ''
      : `<div class="card trouble" role="alert"><h2>${escapeHtml(words.ask.problem)}</h2><p>${problemLink(problem, audience, frame)}</p></div>`,
    `<h1>${escapeHtml(heading)}</h1>`,
    renderReason(facts, frame),
    renderContact(facts, frame),
    outcome === undefined && asked ? renderAsked(asked, frame) : '',
    form && (!asked || asked.answer !== undefined) && outcome === undefined
      ? renderForm(form, audience, words)
      : '',
  ]
  const title = problem === undefined ? heading : `${words.ask.problem}: ${heading}`
  return { status: 403, title, main: parts.filter((part) => part !== '').join('\n') }
}

function problemLink(
  problem: NonNullable<FormState['problem']>,
  audience: BlockedFacts['audience'],
  { words }: PageFrame,
): string {
  const text = escapeHtml(problemText(problem, audience, words))
  if (problem === 'out-of-date' || problem === 'too-often') return text
  return `<a href="#${problem === 'minutes-wrong' ? 'minutes' : 'why'}">${text}</a>`
}

function renderReason(
  { audience, name, family, category, list, at }: BlockedFacts,
  { words }: PageFrame,
): string {
  const { blocked } = words
  const unicode = unicodeOf(name)
  const shown = `<span class="name">${hostileHtml(name, NAME_CHARS_MAX)}</span>${unicode === undefined ? '' : ` (${hostileHtml(unicode, NAME_CHARS_MAX)})`}`
  const rows: (readonly [string, string])[] = [
    [blocked.askedFor, shown],
    [blocked.why, escapeHtml(blocked.families[family][audience])],
  ]
  if (category !== undefined) rows.push([blocked.category, escapeHtml(category)])
  if (list !== undefined) rows.push([blocked.list, hostileHtml(list, NAME_CHARS_MAX)])
  rows.push([blocked.time, escapeHtml(plainTime(at, words))])
  return `<div class="card why">${renderRows(rows)}</div>`
}

function renderContact({ audience }: BlockedFacts, { words, contact }: PageFrame): string {
  const { whom, noContact } = words.blocked
  const text = contact === '' ? noContact[audience] : contact
  return `<p>${escapeHtml(whom[audience])} ${escapeHtml(text)}</p>`
}

function renderAsked({ reference, at, answer }: AskedBefore, { words }: PageFrame): string {
  const { ask } = words
  const said = answer === undefined ? escapeHtml(ask.waits) : hostileHtml(answer, ANSWER_CHARS_MAX)
  const rows = [
    [ask.reference, escapeHtml(reference)],
    [words.blocked.time, escapeHtml(plainTime(at, words))],
    [ask.answered, said],
  ] as const
  return `<section class="card"><h2>${escapeHtml(ask.asked)}</h2>${renderRows(rows)}</section>`
}

function renderOutcome(
  outcome: AskOutcome['kind'],
  asked: AskedBefore | undefined,
  { words }: PageFrame,
): string {
  const { heading, text } = words.ask.outcomes[outcome]
  const isGood = outcome === 'taken' || outcome === 'taken-before'
  const reference =
    isGood && asked
      ? `<p>${escapeHtml(words.ask.reference)}: <span class="reference">${escapeHtml(asked.reference)}</span></p><p>${escapeHtml(words.ask.keep)}</p>`
      : ''
  return `<div class="card ${isGood ? 'news' : 'trouble'}" role="${isGood ? 'status' : 'alert'}"><h2>${escapeHtml(heading)}</h2><p>${escapeHtml(text)}</p>${reference}</div>`
}

/** `2026-03-02 10:05` as people say it. */
function plainTime(at: string, { months }: Wording): string {
  const [, year, month, day, time] = /^(\d+)-(\d\d)-(\d\d) (.*)$/.exec(at) ?? []
  const name = months[Number(month) - 1]
  return name === undefined ? at : `${Number(day)} ${name} ${year}, ${time}`
}

function renderRows(rows: readonly (readonly [term: string, html: string])[]): string {
  return `<dl>${rows.map(([term, html]) => `<dt>${escapeHtml(term)}</dt><dd>${html}</dd>`).join('')}</dl>`
}
