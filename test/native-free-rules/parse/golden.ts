import { readFileSync } from 'node:fs'
import type { Test } from 'tap'
import { formatAddress } from '#domain/ip-address.ts'
import { IndexBuilder } from '#rules/index-builder.ts'
import {
  type ActionTaker,
  type ListAction,
  type ListParser,
  type ListRule,
  type NetworkRule,
  type RuleTaker,
  takeActionsInto,
} from '#rules/parse/rule-taker.ts'
import { conditionText } from '#rules/rule-condition.ts'
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

/** The same for lists whose rules say what they do; as a list that is trusted, or is not. */
export function actionsBy(
  makeParser: (taker: ActionTaker) => ListParser,
  chunks: readonly string[],
  trusted = true,
): readonly string[] {
  const said: string[] = []
  const sink = new IndexBuilder({ seed: SEED }).list(testSource('golden', trusted))
  const effect = { kind: 'categorise', category: 'media.games' } as const
  const taker = takeActionsInto(sink, effect, trusted)
  const parser = makeParser({
    isTrusted: trusted,
    take: (rule) => {
      const failure = taker.take(rule)
      if (!failure) said.push(ruleText(rule))
      return failure
    },
    takeNetwork: (rule) => {
      const failure = taker.takeNetwork(rule)
      if (!failure) said.push(networkText(rule))
      return failure
    },
    takeBack: (rule) => {
      const isThere = taker.takeBack(rule)
      if (isThere) said.push(`without ${ruleText(rule)}`)
      return isThere
    },
    refuse: (line, text, reason) => {
      said.push(`refused ${line}: ${text.slice(0, 60)}: ${reason}`)
    },
  })
  for (const chunk of chunks) parser.write(chunk)
  parser.end()
  return said
}

function ruleText({ name, scope, action, condition }: ListRule): string {
  const terms = conditionText(condition)
  return `${actionText(action)} ${scope} ${name}${dataText(action)}${terms === '' ? '' : ` [${terms}]`}`
}

function networkText({ network, action }: NetworkRule): string {
  const { trigger, bytes, prefixLength } = network
  return `${actionText(action)} ${trigger} ${formatAddress(bytes)}/${prefixLength}${dataText(action)}`
}

function actionText(action: ListAction): string {
  return action.kind === 'block' ? (action.answer ?? 'block') : action.kind
}

function dataText(action: ListAction): string {
  return action.kind === 'local-data'
    ? action.records.map((one) => ` ${one.kind === 'alias' ? one.target : one.data}`).join('')
    : ''
}

/** Parses a fixture as a trusted list and as another, whole and in pieces; each must say what its golden file says. */
export function checkGoldenFile(
  t: Test,
  makeParser: (taker: ActionTaker) => ListParser,
  fixture: string,
): void {
  const text = fixtureText(fixture)
  for (const trusted of [true, false]) {
    const golden = fixtureText(`${fixture}.${trusted ? 'trusted' : 'untrusted'}.golden`)
    for (const size of [text.length, 1, 3, 64])
      t.same(
        `${actionsBy(makeParser, piecesOf(text, size), trusted).join('\n')}\n`,
        golden,
        `${trusted ? 'trusted' : 'not trusted'}, in pieces of ${size}`,
      )
  }
}

export function fixtureText(name: string): string {
  return readFileSync(new URL(`../../fixtures/lists/${name}`, import.meta.url), 'utf8')
}

/** Parses a fixture whole, and again cut into pieces of every small size: both must say the same as the golden lines. */
export function checkGolden(
  t: Test,
  makeParser: (taker: RuleTaker) => ListParser,
  fixture: string,
  golden: readonly string[],
): void {
  const text = fixtureText(fixture)
  t.same(parsedBy(makeParser, [text]), golden)
  for (const size of [1, 2, 3, 7, 64])
    t.same(parsedBy(makeParser, piecesOf(text, size)), golden, `in pieces of ${size}`)
}

function piecesOf(text: string, size: number): readonly string[] {
  const count = Math.ceil(text.length / size)
  return Array.from({ length: count }, (_, i) => text.slice(i * size, (i + 1) * size))
}
