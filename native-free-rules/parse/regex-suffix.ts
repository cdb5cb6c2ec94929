/**
 * Regular expressions that say no more than a name with what is below it, as most in lists do. They become plain rules, which cost
 * nothing; all others are patterns.
 */
import type { NamePattern } from './name-pattern.ts'

/** Any labels or none before the name, in the ways that people write it. */
const OPTIONAL_LABELS: readonly string[] = [
  String.raw`(^|\.)`,
  String.raw`(\.|^)`,
  String.raw`(?:^|\.)`,
  String.raw`(?:\.|^)`,
  String.raw`^(.*\.)?`,
  String.raw`^(.+\.)?`,
  String.raw`^(?:.*\.)?`,
  String.raw`^(?:.+\.)?`,
  String.raw`^([a-z0-9-]+\.)*`,
]
/** At least one label before it. */
const SOME_LABELS: readonly string[] = [String.raw`^.*\.`, String.raw`^.+\.`, String.raw`\.`]
const WHOLE_NAME = /^((?:[a-z0-9_-]+\\\.)+[a-z0-9_-]+)\$$/

/** The name and scope that a regular expression means, or undefined where it means anything else. */
export function suffixOfRegex(source: string): NamePattern | undefined {
  return (
    nameAfter(source, OPTIONAL_LABELS, 'subtree') ??
    nameAfter(source, SOME_LABELS, 'below') ??
    nameAfter(source, ['^'], 'exact')
  )
}

function nameAfter(
  source: string,
  heads: readonly string[],
  scope: NamePattern['scope'],
): NamePattern | undefined {
  const text = source.toLowerCase()
  for (const head of heads) {
    const name = text.startsWith(head) ? WHOLE_NAME.exec(text.slice(head.length))?.[1] : undefined
    if (name !== undefined) return { name: name.replaceAll('\\.', '.'), scope }
  }
  return undefined
}
