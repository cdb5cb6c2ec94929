/** What is wrong with a form, field by field: quoting what was written, and saying what to do. */
import { plainText } from '#console/present/plain-text.ts'
import { fill } from '#console/words/fill.ts'
import { problems as words } from '#console/words/problems.ts'
import type { EvidenceLimits } from '../config/evidence-limits.ts'

export type Problems = Readonly<Record<string, string>>

const QUOTED_MAX = 40

/** The problems that there are: those that are no empty text. */
export function problemsOf(all: Readonly<Record<string, string>>): Problems {
  return Object.fromEntries(Object.entries(all).filter(([, problem]) => problem !== ''))
}

/** One line that may not be empty. */
export function lineProblem(
  text: string,
  { lineMax }: Pick<EvidenceLimits, 'lineMax'>,
  ifEmpty: string,
): string {
  return text === '' ? ifEmpty : lengthProblem(text, lineMax)
}

/** Whether it is too long; in words where it is. */
export function lengthProblem(text: string, max: number): string {
  if (text.length <= max) return ''
  return fill(words.tooLong, { text: quoted(text), count: text.length, max })
}

export function choiceProblem(value: string, known: readonly string[], ifEmpty: string): string {
  if (value === '') return ifEmpty
  return known.includes(value) ? '' : fill(words.noAnswer, { text: quoted(value) })
}

/** A day as `YYYY-MM-DD` that exists, within bounds, which are days as well. */
export function dayProblem(
  text: string,
  {
    ifEmpty,
    earliest,
    latest,
  }: {
    readonly ifEmpty: string
    readonly earliest?: { readonly day: string; readonly says: string }
    readonly latest?: { readonly day: string; readonly says: string }
  },
): string {
  if (text === '') return ifEmpty
  if (!isDay(text)) return fill(words.noDay, { text: quoted(text) })
  if (earliest && text < earliest.day) return fill(words.tooEarly, { text, advice: earliest.says })
  return latest && text > latest.day ? fill(words.tooLate, { text, advice: latest.says }) : ''
}

/** The day exists in the calendar. */
export function isDay(text: string): boolean {
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text)
}

/** So many days later. */
export function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
}

function quoted(text: string): string {
  return plainText(text, QUOTED_MAX)
}
