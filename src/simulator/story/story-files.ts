import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type ConfigProblems, wholeFileProblem } from '#agent/policy/problem.ts'
import { readStory } from './read-story.ts'
import type { Story } from './story.ts'
import { STORY_LIMITS } from './story-schema.ts'

const SHIPPED = join(import.meta.dirname, '..', 'stories')
/** Told at start-up and by tests, so a file that cannot be read is a problem with a name and no crash. */
const UNREADABLE_HINT = 'is it there, and may you read it?'

/** The stories that ship, in the order of their names. */
export function shippedStoryFiles(): readonly string[] {
  return readdirSync(SHIPPED)
    .filter((name) => name.endsWith('.yaml'))
    .toSorted()
    .map((name) => join(SHIPPED, name))
}

/** Reads one file; its problems where it is not a story. Never throws. */
export function readStoryFile(file: string): Story | ConfigProblems {
  const name = basename(file)
  try {
    if (statSync(file).size > STORY_LIMITS.fileBytes)
      return wholeFileProblem(name, 'a larger file', `at most ${STORY_LIMITS.fileBytes} bytes`)
    return readStory(readFileSync(file, 'utf8'), name)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    return wholeFileProblem(name, code, 'a file that can be read', UNREADABLE_HINT)
  }
}
