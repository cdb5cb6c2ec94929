import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
} from 'yaml'
import type { Complaint, ConfigPath } from './complaint.ts'
import { pathText } from './complaint.ts'
import { type ConfigProblem, quoteFound } from './problem.ts'

/** Aliases resolved in one file, counted with what they repeat: enough for reuse, too few for a bomb. */
const ALIASES_MAX = 100

/** A YAML 1.2 file as plain values, and the way back from a value to its line. */
export interface YamlFile {
  readonly value: unknown
  /** Turns a complaint into a problem with line, column and the text found. */
  readonly locate: (complaint: Complaint) => ConfigProblem
}

/** Nothing is put in the place of anything. */
const AS_WRITTEN = (value: unknown): unknown => value

/**
 * Reads one strict YAML 1.2 document (core schema). Duplicate keys, tabs as indentation, unknown tags, a second
 * document and alias bombs are problems. `change` may put something else in the place of what was read. Never throws.
 */
export function parseYamlFile(
  text: string,
  change: (value: unknown) => unknown = AS_WRITTEN,
): YamlFile | readonly ConfigProblem[] {
  const lines = new LineCounter()
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    strict: true,
    uniqueKeys: true,
    stringKeys: true,
    prettyErrors: false,
    logLevel: 'error',
    lineCounter: lines,
  })
  const faults = [...document.errors, ...document.warnings]
  if (faults.length > 0) return faults.map((fault) => syntaxProblem(text, lines, fault))
  const value = valueOf(document)
  if (value.problem) return [value.problem]
  const changed = change(value.value)
  return {
    value: changed,
    locate: (complaint) => locate(document, changed, lines, complaint),
  }
}

/** What to say of the parser's faults that people meet; the rest are told in the parser's words. */
const SYNTAX_HINTS: Readonly<Record<string, { allowed: string; hint: string }>> = {
  DUPLICATE_KEY: { allowed: 'each key once in its block', hint: 'remove or merge one of the two' },
  TAB_AS_INDENT: { allowed: 'spaces as indentation', hint: 'replace the tab with spaces' },
  MULTIPLE_DOCS: { allowed: 'one document in the file', hint: 'remove the second ---' },
  TAG_RESOLVE_FAILED: { allowed: 'values without a !tag', hint: 'remove the tag' },
  NON_STRING_KEY: { allowed: 'plain words as keys', hint: '' },
}

function syntaxProblem(
  text: string,
  lines: LineCounter,
  fault: { code: string; message: string; pos: [number, number] },
): ConfigProblem {
  const { line, col } = lines.linePos(fault.pos[0])
  const found = quoteFound(text.slice(fault.pos[0]).split('\n', 1)[0])
  const message = fault.message.split('\n', 1)[0] ?? ''
  const known = SYNTAX_HINTS[fault.code] ?? { allowed: 'well-formed YAML 1.2', hint: message }
  return { line: Math.max(line, 1), column: Math.max(col, 1), path: '', found, ...known }
}

function valueOf(document: Document): { value?: unknown; problem?: ConfigProblem } {
  try {
    return { value: document.toJS({ maxAliasCount: ALIASES_MAX }) }
  } catch (error) {
    const hint = error instanceof Error ? error.message : ''
    const allowed = `known anchors, aliases resolved at most ${ALIASES_MAX} times`
    return { problem: { line: 1, column: 1, path: '', found: 'an alias', allowed, hint } }
  }
}

function locate(
  document: Document,
  top: unknown,
  lines: LineCounter,
  said: Complaint,
): ConfigProblem {
  const { line, col } = lines.linePos(offsetOf(document, said.path, said.isKey))
  const found = said.isKey ? quoteFound(said.path.at(-1)) : quoteFound(valueAt(top, said.path))
  const { allowed, hint } = said
  const place = { line: Math.max(line, 1), column: Math.max(col, 1) }
  return { ...place, path: pathText(said.path), found, allowed, hint }
}

/** The offset of the deepest part of a path that stands in the file. */
function offsetOf(document: Document, path: ConfigPath, isKey: boolean): number {
  let node: unknown = document.contents
  let offset = isNode(node) ? (node.range?.[0] ?? 0) : 0
  for (const [depth, part] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document)
    const step = stepInto(node, part)
    if (!step) return offset
    const wantsKey = isKey && depth === path.length - 1
    // A block has no place of its own that a reader would look at: its key is where it begins.
    const place = wantsKey || !isScalar(step.value) ? (step.key ?? step.value) : step.value
    offset = isNode(place) ? (place.range?.[0] ?? offset) : offset
    node = step.value
  }
  return offset
}

function stepInto(
  node: unknown,
  part: string | number,
): { key?: unknown; value: unknown } | undefined {
  if (isSeq(node)) {
    const value = typeof part === 'number' ? node.items[part] : undefined
    return value === undefined ? undefined : { value }
  }
  if (!isMap(node)) return undefined
  const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part))
  return pair ? { key: pair.key, value: pair.value } : undefined
}

function valueAt(top: unknown, path: ConfigPath): unknown {
  return path.reduce<unknown>((value, part) => {
    if (typeof value !== 'object' || value === null) return undefined
    return Object.getOwnPropertyDescriptor(value, part)?.value
  }, top)
}
