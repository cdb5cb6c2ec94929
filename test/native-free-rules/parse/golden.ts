import { readFileSync } from 'node:fs'
import type { Test } from 'tap'
import { IndexBuilder } from '#rules/index-builder.ts'
import type { ListParser, RuleTaker } from '#rules/parse/rule-taker.ts'
import { SEED, testSource } from '../make-index.ts'

/** What a parser made of a text, line by line: taken names with their scope, refused lines with the reason. */
export function parsedBy(
  makeParser: (taker: RuleTaker) => ListParser,
  chunks: readonly string[],
): readonly string[] {
  const said: string[] = []
  const sink = new IndexBuilder({ seed: SEED }).list(testSource('golden', false))
  const parser = makeParser({
    emit: (name, scope) => {
      const failure = sink.add(name, scope, { kind: 'categorise', category: 'media.games' })
      if (!failure) said.push(`${scope} ${name}`)
      return failure
    },
    refuse: (line, text, reason) => {
      said.push(`refused ${line}: ${text}: ${reason}`)
    },
  })
  for (const chunk of chunks) parser.write(chunk)
  parser.end()
  return said
}

/** Parses a fixture whole, and again cut into pieces of every small size: both must say the same as the golden lines. */
export function checkGolden(
  t: Test,
  makeParser: (taker: RuleTaker) => ListParser,
  fixture: string,
  golden: readonly string[],
): void {
  const text = readFileSync(new URL(`../../fixtures/lists/${fixture}`, import.meta.url), 'utf8')
  t.same(parsedBy(makeParser, [text]), golden)
  for (const size of [1, 2, 3, 7, 64])
    t.same(parsedBy(makeParser, piecesOf(text, size)), golden, `in pieces of ${size}`)
}

function piecesOf(text: string, size: number): readonly string[] {
  const count = Math.ceil(text.length / size)
  return Array.from({ length: count }, (_, i) => text.slice(i * size, (i + 1) * size))
}
