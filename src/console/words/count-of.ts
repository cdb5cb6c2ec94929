import { fill } from './fill.ts'

/** What is said of one thing, and of any other number of them. */
export interface Counted {
  readonly one: string
  readonly many: string
}

/** "1 lookup", "1,200 lookups": a text of the catalogue with the number at its `{count}`, and what else belongs in it. */
export function countOf(
  count: number,
  { one, many }: Counted,
  values: Readonly<Record<string, string | number>> = {},
): string {
  return fill(count === 1 ? one : many, { ...values, count: count.toLocaleString('en-GB') })
}
