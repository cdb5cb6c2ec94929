import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** Whether packets are captured, and one line that says so. */
export interface CaptureAvailability {
  readonly state: 'on' | 'off'
  readonly detail: string
}

const ADDON = join(
  import.meta.dirname,
  '..',
  '..',
  'node_modules',
  'cap',
  'build',
  'Release',
  'cap.node',
)

/** Looks whether the optional addon was built; it is never loaded here, because it cannot be loaded twice. */
export function captureAvailability(addon: string = ADDON): CaptureAvailability {
  const detail = existsSync(addon)
    ? 'the cap addon is built, but this version captures nothing'
    : 'the cap addon is not built'
  return { state: 'off', detail }
}
