import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import type { Clock } from './clock.ts'
import { restartDelay } from './restart-delay.ts'

/** Between tries of a program that cannot start as it is set up: somebody may free its port, mend its file or install it. */
const START_FAULT_DELAY_MS = 30_000

/** A program to keep running. */
export interface ProcessSpec {
  readonly name: string
  readonly program: string
  readonly args: readonly string[]
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Where it runs; here where it is absent. */
  readonly folder?: string
  readonly stdio: StdioOptions
  /** Whether it ends so because it cannot start as it is set up: starting it again at once would not help. */
  readonly isStartFault: (code: number) => boolean
  /** Whether it is tried again even then, now and then. */
  readonly isTriedAgain: boolean
}

export interface ProcessEvents {
  /** It was started; what it has for pipes is there. */
  readonly onStart?: (child: ChildProcess) => void
  /** What it writes to a standard error that is a pipe. */
  readonly onSaid?: (text: string) => void
  /** What it writes to a standard output that is a pipe. */
  readonly onOutput?: (bytes: Buffer) => void
  /** It died and will be started again after `delayMs`. */
  readonly onDeath: (name: string, why: string, delayMs: number) => void
  /** It cannot start as it is set up, and was never ready. */
  readonly onStartFault: (name: string, why: string) => void
}

/**
 * One child process, started again whenever it dies. What ends it when this process ends, in whatever way, is its own to bring: a part of
 * ours watches the pipe that is its standard input, and others are bound to their parent.
 */
export class KeptProcess {
  readonly #spec: ProcessSpec
  readonly #events: ProcessEvents
  readonly #clock: Clock
  #child: ChildProcess | undefined
  #restart: NodeJS.Timeout | undefined
  #delayMs = 0
  #isStopping = false
  #wasReady = false
  #hasStartFault = false
  #onGone: () => void = () => undefined

  constructor(spec: ProcessSpec, events: ProcessEvents, clock: Clock) {
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
    const { program, args, environment, folder, stdio } = this.#spec
    const startedAt = this.#clock.monotonicMs()
    const child = spawn(program, args, { stdio, env: environment, cwd: folder })
    this.#child = child
    child.stdin?.on('error', () => undefined) // The pipe only ever closes; a child that closes it first has ended.
    child.stderr?.on('data', (part) => this.#events.onSaid?.(String(part)))
    child.stdout?.on('data', (bytes) => this.#events.onOutput?.(bytes))
    let isGone = false
    const gone = (why: string, isFault: boolean): void => {
      if (isGone) return
      isGone = true
      this.#child = undefined
      this.#afterEnd(why, isFault, this.#clock.monotonicMs() - startedAt)
    }
    child.once('error', (error) => gone(error.message, true))
    // Further pipes only bind it to this process; whoever waits for their end may go.
    child.once('exit', () => child.stdio.slice(3).forEach((pipe) => pipe?.destroy()))
    // What it has said is all there when its pipes are closed, which is after its exit.
    child.once('close', (code, signal) =>
      gone(signal ?? `exit code ${code}`, code !== null && this.#spec.isStartFault(code)),
    )
    this.#events.onStart?.(child)
  }

  signal(name: NodeJS.Signals): void {
    this.#child?.kill(name)
  }

  /** Asks the child to end, and kills it where that takes longer than `withinMs`; resolves when it has ended. */
  stop(withinMs: number): Promise<void> {
    this.#isStopping = true
    clearTimeout(this.#restart)
    if (!this.#child) return Promise.resolve()
    return new Promise((resolve) => {
      const killer = setTimeout(() => this.signal('SIGKILL'), withinMs)
      this.#onGone = () => {
        clearTimeout(killer)
        resolve()
      }
      this.signal('SIGTERM')
    })
  }

  #afterEnd(why: string, isFault: boolean, ranForMs: number): void {
    if (this.#isStopping) {
      this.#onGone()
    } else if (isFault && !this.#wasReady) {
      this.#hasStartFault = true
      if (this.#spec.isTriedAgain)
        this.#restart = setTimeout(() => this.start(), START_FAULT_DELAY_MS)
      this.#events.onStartFault(this.name, why)
    } else {
      this.#delayMs = restartDelay(this.#delayMs, ranForMs)
      this.#restart = setTimeout(() => this.start(), this.#delayMs)
      this.#events.onDeath(this.name, why, this.#delayMs)
    }
  }
}
