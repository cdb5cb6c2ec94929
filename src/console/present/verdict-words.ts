import { verdicts } from '../words/verdicts.ts'

const WORDS: ReadonlyMap<string, string> = new Map(Object.entries(verdicts))

/** The sentence for the first such word in a reason; empty where there is none. */
export function verdictWords(reason: string): string {
  return WORDS.get(/because of ([a-z-]+)/.exec(reason)?.[1] ?? '') ?? ''
}
