import { type Failure, failure } from '#domain/failure.ts'

/** How much of a refused value is quoted back. */
const FOUND_CHARS_MAX = 60
/** More problems than this are counted, not listed. */
const PROBLEMS_MAX = 50

/** One thing wrong in a configuration file: where it stands, what stands there and what could stand there instead. */
export interface ConfigProblem {
  /** From 1. */
  readonly line: number
  /** From 1. */
  readonly column: number
  /** For example `groups.ks3.categories["bypass.vpn"]`; empty for the file as a whole. */
  readonly path: string
  /** Quoted and cut; hostile text. */
  readonly found: string
  readonly allowed: string
  /** What to do about it; may be empty. */
  readonly hint: string
}

/** A configuration that must not be used: every problem in it, in order of line. */
export interface ConfigProblems extends Failure<'config-refused'> {
  readonly file: string
  readonly problems: readonly ConfigProblem[]
}

/** Gathers problems into one failure value; keeps the first `PROBLEMS_MAX` by line. */
export function configProblems(file: string, problems: readonly ConfigProblem[]): ConfigProblems {
  const sorted = problems.toSorted((a, b) => a.line - b.line || a.column - b.column)
  const left = sorted.length - PROBLEMS_MAX
  const detail = `${file}: ${sorted.length} problem${sorted.length === 1 ? '' : 's'}${left > 0 ? `, the first ${PROBLEMS_MAX} shown` : ''}`
  return { ...failure('config-refused', detail), file, problems: sorted.slice(0, PROBLEMS_MAX) }
}

/** A problem with the file as a whole. */
export function wholeFileProblem(
  file: string,
  found: string,
  allowed: string,
  hint = '',
): ConfigProblems {
  return configProblems(file, [{ line: 1, column: 1, path: '', found, allowed, hint }])
}

/** One problem as one line of text, `file:line:column: path: found ...; allowed: ...; hint`. Hostile text inside. */
export function describeProblem(file: string, problem: ConfigProblem): string {
  const { line, column, path, found, allowed, hint } = problem
  const place = `${file}:${line}:${column}: ${path === '' ? '' : `${path}: `}`
  return `${place}found ${found}; allowed: ${allowed}${hint === '' ? '' : ` (${hint})`}`
}

/** What stood in the file, in quotes and cut. */
export function quoteFound(value: unknown): string {
  if (value === undefined || value === null) return 'nothing'
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value === 'object') return 'a block of keys'
  return JSON.stringify(cut(typeof value === 'string' ? value : JSON.stringify(value)))
}

function cut(text: string): string {
  return text.length > FOUND_CHARS_MAX ? `${text.slice(0, FOUND_CHARS_MAX)}...` : text
}
