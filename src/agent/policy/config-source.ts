import { existsSync, readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { TimetableTold } from '#domain/console-timetable.ts'
import { localAddresses } from '#platform/local-addresses.ts'
import { ownLoopback } from '#platform/own-loopback.ts'
import { type Config, EMPTY_CONFIG, isRefused, parseConfig } from './config.ts'
import { FILE_LIMITS } from './limits.ts'
import { normalise, type Surroundings } from './normalise.ts'
import { type ConfigProblems, wholeFileProblem } from './problem.ts'
import type { ReadyConfig } from './ready-config.ts'

/** Where the configuration comes from. */
export type ConfigSource =
  | { readonly kind: 'embedded' }
  /** `path` is absolute. */
  | { readonly kind: 'file'; readonly path: string }

const RESOLV_CONF = '/etc/resolv.conf'
const SYSTEM_FILE = '/etc/supercloud-edge/edge.yaml'

export interface ConfigSearch {
  /** `--config`. */
  readonly flag?: string | undefined
  /** SUPERCLOUD_EDGE_CONFIG. */
  readonly environment?: string | undefined
  /** Where `./edge.yaml` is looked for. */
  readonly folder: string
  readonly systemFile?: string
}

/**
 * The flag, the environment, `edge.yaml` in the folder, the system's file, else the embedded defaults. A file that was
 * named is used even if it is not there, so that its absence is told.
 */
export function findConfig(search: ConfigSearch): ConfigSource {
  const { flag, environment, folder, systemFile = SYSTEM_FILE } = search
  const named = flag ?? environment
  if (named !== undefined && named !== '') return { kind: 'file', path: resolve(folder, named) }
  const local = resolve(folder, 'edge.yaml')
  const found = [local, systemFile].find((path) => existsSync(path))
  return found === undefined ? { kind: 'embedded' } : { kind: 'file', path: found }
}

/** Reads, checks and completes the configuration; `told` takes the place of its timetable. Blocks on the disk; never throws. */
export function loadConfig(
  source: ConfigSource,
  told?: TimetableTold,
): ReadyConfig | ConfigProblems {
  if (source.kind === 'embedded') return embedded(told)
  const text = readConfigText(source.path)
  if (typeof text !== 'string') return text
  const config: Config | ConfigProblems = parseConfig(text, source.path, told)
  return isRefused(config) ? config : normalise(config, surroundings({ path: source.path, text }))
}

function embedded(told: TimetableTold | undefined): ReadyConfig | ConfigProblems {
  const config = told === undefined ? EMPTY_CONFIG : parseConfig('', 'embedded', told)
  return isRefused(config) ? config : normalise(config, surroundings(undefined))
}

/** The text of the file, or why it cannot be had. Never throws. */
export function readConfigText(path: string): string | ConfigProblems {
  try {
    const { size } = statSync(path)
    if (size > FILE_LIMITS.configBytes)
      return wholeFileProblem(path, `${size} bytes`, `at most ${FILE_LIMITS.configBytes} bytes`)
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path))
  } catch (error) {
    return wholeFileProblem(path, unreadable(error), 'a readable file in UTF-8')
  }
}

function unreadable(error: unknown): string {
  if (error instanceof TypeError) return 'bytes that are not UTF-8'
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'ENOENT') return 'no such file'
  return code === 'EACCES' ? 'a file that may not be read' : `a file that cannot be read (${code})`
}

function surroundings(file: Surroundings['file']): Surroundings {
  return {
    file,
    resolvConf: readResolvConfFile(),
    localAddresses: localAddresses(),
    recursorAddress: ownLoopback(),
  }
}

function readResolvConfFile(): string {
  try {
    return readFileSync(RESOLV_CONF, 'utf8')
  } catch {
    return '' // A machine without the file has no upstream of its own; the status says so.
  }
}
