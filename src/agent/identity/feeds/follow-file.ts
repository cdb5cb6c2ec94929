import { stat } from 'node:fs/promises'
import { watchFolder } from '../../policy/watch-folder.ts'

/** A file is written in several steps; it is read when it has been quiet for so long. */
const QUIET_MS = 150
/** Network folders and exhausted inotify tell nothing, so the file is also looked at now and then. */
const LOOK_EVERY_MS = 5_000

export interface FollowFileOptions {
  readonly path: string
  /** Runs at each change, and when the file goes or comes. One after the other. */
  readonly onChange: () => Promise<void>
  readonly quietMs?: number
  readonly lookEveryMs?: number
}

/**
 * Follows a file as the configuration is followed: its folder is watched, since whoever exports replaces it by a rename. What counts
 * as a change is another size, time or inode, for the file is too long to be compared. The answer ends it.
 */
export function followFile(options: FollowFileOptions): () => void {
  const { path, onChange, quietMs = QUIET_MS, lookEveryMs = LOOK_EVERY_MS } = options
  let seen: string | undefined
  let quiet: NodeJS.Timeout | undefined
  let isEnded = false
  let turn: Promise<void> = Promise.resolve()
  const look = async (): Promise<void> => {
    const found = await fingerprint(path)
    if (isEnded || found === seen) return
    seen = found
    await onChange()
  }
  const lookNow = (): void => {
    turn = turn.then(look).catch(() => undefined)
  }
  const lookSoon = (): void => {
    clearTimeout(quiet)
    quiet = setTimeout(lookNow, quietMs)
  }
  const watcher = watchFolder(path, lookSoon)
  const looking = setInterval(lookNow, lookEveryMs)
  looking.unref()
  lookNow()
  return () => {
    isEnded = true
    clearTimeout(quiet)
    clearInterval(looking)
    watcher?.close()
  }
}

async function fingerprint(path: string): Promise<string> {
  try {
    const { ino, size, mtimeNs } = await stat(path, { bigint: true })
    return `${ino} ${size} ${mtimeNs}`
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
  }
}
