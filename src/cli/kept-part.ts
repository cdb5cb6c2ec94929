import { type ChildProcess, spawn } from 'node:child_process'
import type { Clock } from '#platform/clock.ts'
import { EXIT } from './exit-code.ts'
import { restartDelay } from './restart-delay.ts'

/** Between tries of a part that cannot start as it is set up: somebody may free its port or mend its file. */
const START_FAULT_DELAY_MS = 30_000

/** A program to keep running. */
export interface PartSpec {
  readonly name: string
  /** After the path of Node. */
  readonly args: readonly string[]
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Whether the rest is pointless without it: only then does its start fault end everything. */
  readonly isRequired: boolean
}

export interface PartEvents {
  /** It died and will be started again after `delayMs`. */
  readonly onDeath: (name: string, why: string, delayMs: number) => void
  /** It cannot start as it is set up, and was never ready: starting it again at once would not help. */
  readonly onStartFault: (name: string, isRequired: boolean) => void
}

/**
 * One child process, started again whenever it dies. Its standard input is a pipe that it watches: when this process
 * ends, in whatever way, the pipe closes and the child stops by itself.
 */
export class KeptPart {
  readonly #spec: PartSpec
  readonly #events: PartEvents
  readonly #clock: Clock
  #child: ChildProcess | undefined
  #restart: NodeJS.Timeout | undefined
  #delayMs = 0
  #isStopping = false
  #wasReady = false
  #hasStartFault = false
  #onGone: () => void = () => undefined

  constructor(spec: PartSpec, events: PartEvents, clock: Clock) {
    this.#spec = spec
    this.#events = events
    this.#clock = clock
  }

  get name(): string {
    return this.#spec.name
  }

  /** The child's process id; undefined while there is none. */
  get pid(): number | undefined {
    return this.#child?.pid
  }

  /** Whether it could not start as it is set up; it is tried again now and then, where the rest goes on. */
  get hasStartFault(): boolean {
    return this.#hasStartFault
  }

  /** From now on it is known to have worked once, so any end of it is worth another start. */
  markReady(): void {
    this.#wasReady = true
  }

  start(): void {
    const startedAt = this.#clock.monotonicMs()
    const child = spawn(process.execPath, [...process.execArgv, ...this.#spec.args], {
      stdio: ['pipe', 'inherit', 'inherit'],
      env: this.#spec.environment,
    })
    this.#child = child
    child.stdin?.on('error', () => undefined) // The pipe only ever closes; a child that closes it first has ended.
    let isGone = false
    const gone = (why: string, code: number | null): void => {
      if (isGone) return
      isGone = true
      this.#child = undefined
      this.#afterEnd(why, code, this.#clock.monotonicMs() - startedAt)
    }
    child.once('error', (error) => gone(error.message, EXIT.cannotStart))
    child.once('exit', (code, signal) => gone(signal ?? `exit code ${code}`, code))
  }

  signal(name: NodeJS.Signals): void {
    this.#child?.kill(name)
  }

  /** Asks the child to end; resolves when it has. */
  stop(): Promise<void> {
    this.#isStopping = true
    clearTimeout(this.#restart)
    if (!this.#child) return Promise.resolve()
    return new Promise((resolve) => {
      this.#onGone = resolve
      this.signal('SIGTERM')
    })
  }

  #afterEnd(why: string, code: number | null, ranForMs: number): void {
    if (this.#isStopping) {
      this.#onGone()
    } else if (code === EXIT.cannotStart && !this.#wasReady) {
      this.#hasStartFault = true
      if (!this.#spec.isRequired)
        this.#restart = setTimeout(() => this.start(), START_FAULT_DELAY_MS)
      this.#events.onStartFault(this.name, this.#spec.isRequired)
    } else {
      this.#delayMs = restartDelay(this.#delayMs, ranForMs)
      this.#restart = setTimeout(() => this.start(), this.#delayMs)
      this.#events.onDeath(this.name, why, this.#delayMs)
    }
  }
}
