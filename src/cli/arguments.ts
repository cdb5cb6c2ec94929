import { type ParseArgsConfig, parseArgs } from 'node:util'
import { type Failure, failure } from '#domain/failure.ts'
import type { Command, Invocation } from './command.ts'
import { EXIT_HELP } from './exit-code.ts'

/** What a command line says. */
export type Arguments = Pick<Invocation, 'positionals' | 'switches' | 'values'>

/** What parseArgs says where the next option stands in the place of a value. */
const AMBIGUOUS = 'argument is ambiguous'

/** Reads a command's arguments; `help` is a switch of every command. Never throws. */
export function readArguments(
  command: Command,
  words: readonly string[],
): Arguments | Failure<'usage'> {
  const parsed = tryParse(command, words)
  if ('failure' in parsed) return parsed
  const switches = new Set<string>()
  const values = new Map<string, readonly string[]>()
  for (const [name, value] of Object.entries(parsed.values)) {
    const given = (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string')
    if (value === true) switches.add(name)
    else if (given.length > 0) values.set(name, given)
  }
  const empty = Object.keys(command.options).find((name) => values.get(name)?.includes(''))
  if (empty !== undefined) return failure('usage', `option '--${empty}' needs a value`)
  const [min, max] = command.positionals
  const count = parsed.positionals.length
  if (!switches.has('help') && (count < min || count > max))
    return failure('usage', count < min ? 'an argument is missing' : 'too many arguments')
  return { positionals: parsed.positionals, switches, values }
}

/** The help of one command. */
export function helpOf({ usage, about, options }: Command): string {
  const all = { ...options, help: { help: 'print this' } }
  const rows = Object.entries(all).map(([name, { value, help }]: [string, Row]) => {
    return { left: `--${name}${value === undefined ? '' : ` ${value}`}`, help }
  })
  const width = Math.max(...rows.map(({ left }) => left.length))
  const lines = rows.map(({ left, help }) => `  ${left.padEnd(width)}  ${help}`)
  return `usage: supercloud-edge ${usage}\n\n${about}\n\noptions:\n${lines.join('\n')}\n\n${EXIT_HELP}`
}
interface Row {
  readonly value?: string
  readonly help: string
}

function tryParse(
  command: Command,
  words: readonly string[],
): { values: Record<string, unknown>; positionals: string[] } | Failure<'usage'> {
  try {
    const { values, positionals } = parseArgs({
      args: [...words],
      options: parserOptions(command),
      allowPositionals: true,
      strict: true,
    })
    return { values, positionals }
  } catch (error) {
    // parseArgs tells every fault of the user by throwing; its first sentence says which.
    const detail = error instanceof Error ? (error.message.split(/\.\s/)[0] ?? '') : ''
    const plain = detail.replace(AMBIGUOUS, 'needs a value, which a dash begins only after "="')
    return failure('usage', plain.charAt(0).toLowerCase() + plain.slice(1))
  }
}

function parserOptions(command: Command): NonNullable<ParseArgsConfig['options']> {
  const options = Object.entries(command.options).map(([name, { value, isRepeatable }]) => {
    const type = value === undefined ? ('boolean' as const) : ('string' as const)
    return [name, { type, multiple: isRepeatable === true }] as const
  })
  return { ...Object.fromEntries(options), help: { type: 'boolean' } }
}
