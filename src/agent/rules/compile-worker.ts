import { parentPort, workerData } from 'node:worker_threads'
import { lowerPriority } from '#platform/priority.ts'
import type { IndexParts } from '#rules/index-layout.ts'
import { openIndex } from '#rules/open-index.ts'
import { isRuleFailure } from '#rules/rule-failure.ts'
import type { CompilePlan } from './compile-plan.ts'
import { compileRules } from './compile-rules.ts'
import { saveSnapshot } from './snapshot-file.ts'

/** What the worker is given. */
export interface CompileTask {
  readonly plan: CompilePlan
  readonly snapshotFile: string
  /** Whether there is nothing in force yet but what is shipped. */
  readonly isUrgent: boolean
}

/** What it answers with, once. A snapshot that cannot be saved is used all the same. */
export type CompileResult =
  /** Parts that `openIndex` has accepted here, so that the thread that answers need not look at each word again. */
  | {
      readonly kind: 'compiled'
      readonly parts: IndexParts
      readonly saveFault: string | undefined
    }
  | { readonly kind: 'unsound'; readonly detail: string }

/** What is to replace rules in force gives way to all others; a box that filters by less than it should has no time for that. */
function run({ plan, snapshotFile, isUrgent }: CompileTask): CompileResult {
  lowerPriority(isUrgent ? 'below-normal' : 'low')
  const parts = compileRules(plan)
  const opened = openIndex(parts)
  if (isRuleFailure(opened)) return { kind: 'unsound', detail: opened.detail }
  try {
    saveSnapshot(snapshotFile, parts)
    return { kind: 'compiled', parts, saveFault: undefined }
  } catch (error) {
    const saveFault = error instanceof Error ? error.message : String(error)
    return { kind: 'compiled', parts, saveFault }
  }
}

const task: CompileTask = workerData
parentPort?.postMessage(run(task))
