import { type Failure, failure, isFailure } from '#domain/failure.ts'
import { readStateFile, writeStateFile } from '#platform/state-file.ts'
import type { ConsoleRules } from './console-rule.ts'
import { readRulesText, rulesText } from './read-rules.ts'

const FILE = 'console-rules.json'

/** Where the rules of the console are kept, so that they hold over a restart and without a collector. */
export interface RulesFile {
  /** What the run before left; undefined where that is nothing, or nothing that can be used. */
  readonly kept: ConsoleRules | undefined
  /** Calls must follow one another. */
  readonly keep: (rules: ConsoleRules) => Promise<Failure<'store-unavailable'> | undefined>
}

/** Blocks on the disk, once. Never throws. */
export function openRulesFile(stateDir: string, onFault: (text: string) => void): RulesFile {
  const path = `${stateDir}/${FILE}`
  return {
    kept: readKept(path, onFault),
    keep: (rules) =>
      writeStateFile(path, rulesText(rules)).then(
        () => undefined,
        (error: unknown) =>
          failure(
            'store-unavailable',
            `the rules of the console could not be kept: ${String(error)}`,
          ),
      ),
  }
}

function readKept(path: string, onFault: (text: string) => void): ConsoleRules | undefined {
  try {
    const text = readStateFile(path)
    if (text === undefined) return undefined
    const rules = readRulesText(text)
    if (!isFailure(rules)) return rules
    onFault(`${rules.detail}; none is in force until the collector tells them again`)
  } catch (error) {
    onFault(`the file of the rules of the console cannot be read: ${String(error)}`)
  }
  return undefined
}
