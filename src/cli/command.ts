import type { Environment } from '#platform/environment.ts'
import type { ExitCode } from './exit-code.ts'

/** One option: with a placeholder it takes a value, without it is a switch. */
export interface OptionSpec {
  readonly value?: string
  readonly help: string
  readonly isRepeatable?: boolean
}

/** A command line as understood, and the world that a command may speak to. */
export interface Invocation {
  readonly positionals: readonly string[]
  /** Switches that were given. */
  readonly switches: ReadonlySet<string>
  /** Values by option, in the order given. */
  readonly values: ReadonlyMap<string, readonly string[]>
  readonly environment: Environment
  /** The folder that relative paths start from. */
  readonly folder: string
  /** Whether a person reads standard output. */
  readonly isTerminal: boolean
  /** Writes one line to standard output; hostile text must have been made printable. */
  readonly say: (line: string) => void
  /** Writes one line to standard error. */
  readonly complain: (line: string) => void
}

/** A command; each has a module of its own, loaded only when it is asked for. */
export interface Command {
  /** After the program's name, for example `explain NAME [options]`. */
  readonly usage: string
  readonly about: string
  readonly options: Readonly<Record<string, OptionSpec>>
  /** The fewest and the most arguments beside options. */
  readonly positionals: readonly [min: number, max: number]
  readonly run: (invocation: Invocation) => Promise<ExitCode>
}

export const STATE_OPTION: OptionSpec = {
  value: 'DIR',
  help: 'state folder (else STATE_DIRECTORY, else ./var beside the program)',
}
export const CONFIG_OPTION: OptionSpec = {
  value: 'FILE',
  help: 'configuration (else SUPERCLOUD_EDGE_CONFIG, ./edge.yaml, /etc/supercloud-edge/edge.yaml, built-in defaults)',
}
export const JSON_OPTION: OptionSpec = { help: 'print JSON' }
export const LOG_OPTION: OptionSpec = {
  value: 'LEVEL',
  help: 'debug, info, warn or error (default: info)',
}

/** The value of an option that is given at most once; the last one wins, as is the custom. */
export function valueOf(invocation: Invocation, option: string): string | undefined {
  return invocation.values.get(option)?.at(-1)
}
