import { readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { isNode, LineCounter, parseDocument } from 'yaml'
import { type Failure, failure, isFailure } from '#domain/failure.ts'
import { NOTIFY_LIMITS } from '../notify-limits.ts'
import { completeSettings, type Wrong } from './complete-settings.ts'
import type { NotifySettings } from './notify-settings.ts'
import { settingsSchema } from './settings-schema.ts'

/** A file that must not be used. `problems` say, a line each, where, what was found, and what is allowed; hostile text inside. */
export interface SettingsRefused extends Failure<'settings-refused'> {
  readonly problems: readonly string[]
}

/** Reads the file of the people, YAML 1.2 or JSON, with the secrets that it names. Blocks on the disk; never throws. */
export function loadSettings(path: string): NotifySettings | SettingsRefused {
  const text = readBounded(path, NOTIFY_LIMITS.settingsBytesMax)
  if (isFailure(text)) return refused(path, [`${path}: ${text.detail}`])
  return parseSettings(text, path)
}

/** The same from its text; `path` is for messages and for the folder of the secrets. */
export function parseSettings(text: string, path: string): NotifySettings | SettingsRefused {
  const lines = new LineCounter()
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    uniqueKeys: true,
    stringKeys: true,
    prettyErrors: false,
    logLevel: 'error',
    lineCounter: lines,
  })
  const placed = (offset: number): string => {
    const { line, col } = lines.linePos(offset)
    return `${path}:${Math.max(line, 1)}:${Math.max(col, 1)}`
  }
  const faults = [...document.errors, ...document.warnings]
  if (faults.length > 0)
    return refused(
      path,
      faults.map(({ pos, message }) => `${placed(pos[0])}: ${message.split('\n', 1)[0] ?? ''}`),
    )
  const describe = ({ path: keys, allowed }: Wrong): string => {
    const deepest = keys
      .map((_, i) => document.getIn(keys.slice(0, keys.length - i), true))
      .find(isNode)
    const found = quote(keys.length === 0 ? document.toJS() : document.getIn(keys))
    return `${placed(deepest?.range?.[0] ?? 0)}: ${keys.join('.')}: found ${found}; allowed: ${allowed}`
  }
  const value = plainValue(() => document.toJS({ maxAliasCount: ALIASES_MAX }))
  if (isFailure(value)) return refused(path, [`${path}:1:1: ${value.detail}`])
  const checked = settingsSchema.safeParse(value.value)
  if (!checked.success) return refused(path, checked.error.issues.flatMap(wrongOf).map(describe))
  const folder = dirname(path)
  const complete = completeSettings(checked.data, (file) => readSecret(resolve(folder, file)))
  return 'wrong' in complete ? refused(path, complete.wrong.map(describe)) : complete
}
const ALIASES_MAX = 100

function wrongOf(issue: {
  readonly code: string
  readonly path: readonly PropertyKey[]
  readonly message: string
  readonly keys?: readonly string[]
}): readonly Wrong[] {
  const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)))
  if (issue.code !== 'unrecognized_keys') return [{ path, allowed: issue.message }]
  return (issue.keys ?? []).map((key) => ({
    path: [...path, key],
    allowed: `no such key, but ${issue.message}`,
  }))
}

function plainValue(read: () => unknown): { readonly value: unknown } | Failure<'bad-alias'> {
  try {
    return { value: read() }
  } catch (error) {
    return failure('bad-alias', error instanceof Error ? error.message : String(error))
  }
}

function refused(path: string, problems: readonly string[]): SettingsRefused {
  const shown = problems.slice(0, NOTIFY_LIMITS.problemsShownMax)
  return { ...failure('settings-refused', `${path}: ${problems.length} wrong`), problems: shown }
}

function readSecret(path: string): string | Failure {
  const text = readBounded(path, NOTIFY_LIMITS.secretBytesMax)
  if (isFailure(text)) return text
  return text.trim() === '' ? failure('unreadable', 'the file is empty') : text.trim()
}

function readBounded(path: string, bytesMax: number): string | Failure<'unreadable'> {
  try {
    if (statSync(path).size > bytesMax)
      return failure('unreadable', `larger than ${bytesMax} bytes`)
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path))
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (code === 'ENOENT') return failure('unreadable', 'no such file')
    return failure(
      'unreadable',
      code === 'EACCES' ? 'it may not be read' : `cannot be read (${code})`,
    )
  }
}

const FOUND_CHARS_MAX = 60
function quote(value: unknown): string {
  const plain: unknown = isNode(value) ? value.toJSON() : value
  if (plain === undefined || plain === null) return 'nothing'
  if (Array.isArray(plain)) return `a list of ${plain.length}`
  if (typeof plain === 'object') return 'a block of keys'
  const text = typeof plain === 'string' ? plain : JSON.stringify(plain)
  return JSON.stringify(
    text.length > FOUND_CHARS_MAX ? `${text.slice(0, FOUND_CHARS_MAX)}...` : text,
  )
}
