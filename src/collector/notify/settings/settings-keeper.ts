import { readFileSync } from 'node:fs'
import { isFailure } from '#domain/failure.ts'
import type { Log } from '#platform/log.ts'
import { CollectorError } from '../../config/collector-options.ts'
import { NOTIFY_LIMITS } from '../notify-limits.ts'
import type { NotifySettings } from './notify-settings.ts'
import { loadSettings } from './settings-file.ts'

/** The settings in force, read again when the file changes; a bad file leaves the old ones in force and says why. */
export interface SettingsKeeper {
  readonly current: () => NotifySettings | undefined
  readonly close: () => void
}

export const NOBODY_IS_TOLD =
  'nobody is told: alerts stand in the console only; name people in a file and give it with --people (docs/notifications.md)'

/** Throws `CollectorError`, with every problem on a line, when the file cannot be used at the start. */
export function keepSettings(
  path: string | undefined,
  log: Log,
  onChange: (settings: NotifySettings) => void,
): SettingsKeeper {
  if (path === undefined) {
    log.warn(NOBODY_IS_TOLD)
    return { current: () => undefined, close: () => undefined }
  }
  let seen = textOf(path)
  const first = loadSettings(path)
  if (isFailure(first)) throw new CollectorError(first.problems.join('\n'))
  let current = first
  tellGaps(current, log)
  const look = (): void => {
    const text = textOf(path)
    if (text === seen) return
    seen = text
    const loaded = loadSettings(path)
    if (isFailure(loaded)) {
      log.error(
        { problems: loaded.problems },
        'the changed file of the people is not used; the old one stays in force',
      )
      return
    }
    current = loaded
    log.info({ people: current.people.length }, 'the file of the people was read again')
    tellGaps(current, log)
    onChange(current)
  }
  const timer = setInterval(look, NOTIFY_LIMITS.settingsLookMs)
  timer.unref()
  return { current: () => current, close: () => clearInterval(timer) }
}

/** Who is missing for somebody to be told at all. */
function tellGaps({ people }: NotifySettings, log: Log): void {
  const has = (...roles: readonly string[]): boolean =>
    people.some((person) => person.roles.some((role) => roles.includes(role)))
  if (people.length === 0) log.warn(NOBODY_IS_TOLD)
  else if (!has('dsl', 'deputy', 'head', 'trust'))
    log.warn('nobody is told of pupils’ alerts: no person is dsl, deputy, head or trust')
  else if (!has('head')) log.warn('nobody is told of alerts about staff: no person is head')
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').slice(0, NOTIFY_LIMITS.settingsBytesMax + 1)
  } catch {
    return undefined // What is wrong with it is told by whoever loads it.
  }
}
