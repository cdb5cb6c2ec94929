import type { FileHandle } from 'node:fs/promises'
import type { ShortTurns } from '#platform/short-turns.ts'
import { LEASE_LIMITS } from './lease-limits.ts'

const CHUNK_BYTES = 65_536
/** The clock is looked at after so many lines; they take some ten microseconds. */
const LINES_BETWEEN = 8

export interface LineReading {
  readonly from: number
  /** Where the file ends, as far as this reading goes. */
  readonly to: number
  readonly turns: ShortTurns
  /** Gets each whole line, a byte a character, without its line feed. */
  readonly onLine: (line: string) => void
  /** Told of each line that is longer than any can be; it is left out. */
  readonly onTooLong: () => void
}

/**
 * Reads whole lines, in short turns. Resolves to where the first line begins that has no end yet. Rejects when the disk fails.
 */
export async function readLines(file: FileHandle, reading: LineReading): Promise<number> {
  const { from, to, turns } = reading
  const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, Math.max(1, to - from)))
  const state: LineState = { rest: '', isSkipping: false }
  let at = from
  while (at < to) {
    const wished = Math.min(chunk.length, to - at)
    // oxlint-disable-next-line no-await-in-loop -- one after the other, so that memory stays small
    const { bytesRead } = await file.read(chunk, 0, wished, at)
    if (bytesRead === 0) break
    at += bytesRead
    // oxlint-disable-next-line no-await-in-loop -- the lines of one chunk before those of the next
    await tellLines(state, chunk.toString('latin1', 0, bytesRead), reading)
    // oxlint-disable-next-line no-await-in-loop -- as above
    if (turns.isOver()) await turns.next()
  }
  return at - state.rest.length
}

interface LineState {
  /** What came after the last line feed. */
  rest: string
  /** Whether that belongs to a line that is too long. */
  isSkipping: boolean
}

async function tellLines(
  state: LineState,
  added: string,
  { turns, onLine, onTooLong }: LineReading,
): Promise<void> {
  const text = state.rest + added
  let start = 0
  let lines = 0
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
    if (state.isSkipping) state.isSkipping = false
    else if (end - start > LEASE_LIMITS.lineBytes) onTooLong()
    else onLine(text.slice(start, text.charCodeAt(end - 1) === 0x0d && end > start ? end - 1 : end))
    start = end + 1
    // oxlint-disable-next-line no-await-in-loop -- others have their turn between two lines
    if (++lines % LINES_BETWEEN === 0 && turns.isOver()) await turns.next()
  }
  state.rest = text.slice(start)
  if (state.rest.length <= LEASE_LIMITS.lineBytes) return
  if (!state.isSkipping) onTooLong()
  state.isSkipping = true
  state.rest = ''
}
