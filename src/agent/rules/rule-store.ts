import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { type Failure, failure, isFailure } from '#domain/failure.ts'
import type { Clock } from '#platform/clock.ts'
import type { Log } from '#platform/log.ts'
import { reopenIndex } from '#rules/open-index.ts'
import type { RuleIndex } from '#rules/rule-index.ts'
import type { ReadyConfig } from '../policy/ready-config.ts'
import { makeBaseline } from './baseline.ts'
import { type CompilePlan, type ListVersion, makeCompilePlan } from './compile-plan.ts'
import type { CompileResult, CompileTask } from './compile-worker.ts'
import { loadSnapshot } from './snapshot-file.ts'

const SNAPSHOT = 'rules.snapshot'
const COMPILE_TIMEOUT_MS = 600_000
/** What parsing leaves behind lives for a line; more room for it would only make the process larger. */
const YOUNG_GENERATION_MB = 3

export interface RuleStoreOptions {
  readonly stateDir: string
  /** Changes when the shipped sets or the compiler do. */
  readonly product: string
  readonly clock: Clock
  readonly log: Log
  /** New rules are ready. `durationMs` is 0 for what came from a snapshot. */
  readonly onRules: (rules: RuleIndex, durationMs: number) => void
  readonly onFault: (text: string) => void
}

/**
 * Keeps the compiled rules: the last good snapshot at once, newer ones as soon as a worker has compiled them. With
 * nothing else to go by it starts from the shipped sets, never from nothing.
 */
export class RuleStore {
  readonly #options: RuleStoreOptions
  readonly #file: string
  #fingerprint = ''
  #isUrgent = true
  #compiling: Worker | undefined
  #queued: CompilePlan | undefined

  constructor(options: RuleStoreOptions) {
    this.#options = options
    this.#file = join(options.stateDir, SNAPSHOT)
  }

  /** Gives the rules to start with; they are those of the last run until `use` says what is wanted. */
  start(): RuleIndex {
    const loaded = loadSnapshot(this.#file)
    const rules = isFailure(loaded) ? makeBaseline() : loaded
    if (isFailure(loaded)) this.#options.log.info({ reason: loaded.detail }, 'no snapshot of rules')
    this.#fingerprint = isFailure(loaded) ? '' : loaded.fingerprint
    this.#isUrgent = isFailure(loaded)
    return rules
  }

  /** Compiles what `config` and these versions of its lists say, unless that is what stands. */
  use(config: ReadyConfig, lists: readonly ListVersion[]): void {
    const plan = makeCompilePlan(config, lists, this.#options.product)
    if (plan.fingerprint === this.#fingerprint) return
    this.#fingerprint = plan.fingerprint
    this.#queued = plan
    this.#compileNext()
  }

  async close(): Promise<void> {
    this.#queued = undefined
    await this.#compiling?.terminate()
  }

  #compileNext(): void {
    const plan = this.#queued
    if (!plan || this.#compiling) return
    this.#queued = undefined
    const startedAtMs = this.#options.clock.monotonicMs()
    compileInWorker({ plan, snapshotFile: this.#file, isUrgent: this.#isUrgent }, (worker) => {
      this.#compiling = worker
    }).then(
      (result) => {
        this.#compiling = undefined
        this.#take(result, this.#options.clock.monotonicMs() - startedAtMs)
        this.#compileNext()
      },
      () => undefined,
    )
  }

  #take(result: CompileResult | Failure, durationMs: number): void {
    const { log, onRules, onFault } = this.#options
    if (isFailure(result)) return onFault(`compiling lists stopped: ${result.detail}`)
    if (result.kind === 'unsound') return onFault(`compiled rules are not sound: ${result.detail}`)
    if (result.saveFault) onFault(`rules are in force but not on disk: ${result.saveFault}`)
    const rules = reopenIndex(result.parts)
    if (isFailure(rules)) return onFault(`compiled rules are not sound: ${rules.detail}`)
    this.#isUrgent = false
    log.info({ names: rules.names, durationMs: Math.round(durationMs) }, 'rules compiled')
    return onRules(rules, durationMs)
  }
}

function compileInWorker(
  task: CompileTask,
  onStart: (worker: Worker) => void,
): Promise<CompileResult | Failure<'worker-died'>> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL('./compile-worker.ts', import.meta.url), {
      workerData: task,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    })
    const timer = setTimeout(() => void worker.terminate(), COMPILE_TIMEOUT_MS)
    const finish = (result: CompileResult | Failure<'worker-died'>): void => {
      clearTimeout(timer)
      resolve(result)
    }
    onStart(worker)
    worker.once('message', (result: CompileResult) => finish(result))
    worker.once('error', (error) => finish(failure('worker-died', String(error))))
    worker.once('exit', (code) => finish(failure('worker-died', `exit code ${code}`)))
  })
}
