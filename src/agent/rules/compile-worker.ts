import { constants, setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import type { CompilePlan } from './compile-plan.ts'
import { compileRules } from './compile-rules.ts'
import { saveSnapshot } from './snapshot-file.ts'

/** What the worker is given. */
export interface CompileTask {
  readonly plan: CompilePlan
  readonly snapshotFile: string
}

/** What it answers with, once. A snapshot that cannot be saved is used all the same. */
export interface CompileResult {
  readonly bytes: SharedArrayBuffer
  readonly saveFault: string | undefined
}

/** Compiles at the lowest priority: on Linux the setting holds for this thread alone. */
function run({ plan, snapshotFile }: CompileTask): CompileResult {
  setPriority(0, constants.priority.PRIORITY_LOW)
  const bytes = compileRules(plan)
  try {
    saveSnapshot(snapshotFile, bytes)
    return { bytes, saveFault: undefined }
  } catch (error) {
    return { bytes, saveFault: error instanceof Error ? error.message : String(error) }
  }
}

const task: CompileTask = workerData
parentPort?.postMessage(run(task))
