import { type ConfigSource, loadConfig, readConfigText } from './config-source.ts'
import type { ConfigProblems } from './problem.ts'
import type { ReadyConfig } from './ready-config.ts'
import { watchFolder } from './watch-folder.ts'

/** Editors write in several steps; the file is read when it has been quiet for so long. */
const QUIET_MS = 150
/** Network folders and exhausted inotify tell nothing, so the file is also looked at now and then. */
const LOOK_EVERY_MS = 5000

export interface ConfigWatchOptions {
  readonly source: ConfigSource
  /** Gets each new outcome: a configuration to use, or the problems for which the old one stays. */
  readonly onOutcome: (outcome: ReadyConfig | ConfigProblems) => void
  /** Reads, checks and completes it, where something stands beside the file. */
  readonly load?: () => ReadyConfig | ConfigProblems
  readonly quietMs?: number
  readonly lookEveryMs?: number
}

export interface ConfigWatch {
  /** Reads again now and tells the outcome, changed or not: for SIGHUP. */
  readonly reload: () => void
  readonly close: () => void
}

/**
 * Watches the folder of the file, because editors and installers replace the file by a rename; tells an outcome only
 * when the text has changed. A file that goes away is a problem like any other: the old configuration stays.
 */
export function watchConfig(options: ConfigWatchOptions): ConfigWatch {
  const { source, onOutcome, quietMs = QUIET_MS, lookEveryMs = LOOK_EVERY_MS } = options
  const { load = () => loadConfig(source) } = options
  const tellNow = (): void => onOutcome(load())
  if (source.kind === 'embedded') return { reload: tellNow, close: () => undefined }
  const { path } = source
  let seen = fingerprint(path)
  let quiet: NodeJS.Timeout | undefined
  const tell = (): void => {
    seen = fingerprint(path)
    tellNow()
  }
  const look = (): void => {
    if (fingerprint(path) !== seen) tell()
  }
  const lookSoon = (): void => {
    clearTimeout(quiet)
    quiet = setTimeout(look, quietMs)
  }
  const watcher = watchFolder(path, lookSoon)
  const looking = setInterval(look, lookEveryMs)
  looking.unref()
  return {
    reload: tell,
    close: () => {
      clearTimeout(quiet)
      clearInterval(looking)
      watcher?.close()
    },
  }
}

/** The text itself, or the fault in words: what changes exactly when the outcome may. */
function fingerprint(path: string): string {
  const text = readConfigText(path)
  return typeof text === 'string' ? text : JSON.stringify(text.problems)
}
