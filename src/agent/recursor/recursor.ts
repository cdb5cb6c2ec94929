/**
 * Unbound as a child of the agent: its files, its life, and how it is doing.
 *
 * A configuration that wants one has `upstreams` lead to it, so that nothing else in the agent knows of it. While it is down clients get
 * what is known, stale answers, and SERVFAIL, as with any upstream that is silent.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { isFailure } from '#domain/failure.ts'
import { boundToParent } from '#platform/bound-to-parent.ts'
import type { Clock } from '#platform/clock.ts'
import { KeptProcess } from '#platform/kept-process.ts'
import type { Log } from '#platform/log.ts'
import type { Faults } from '../faults.ts'
import type { ReadyConfig, ReadyRecursor } from '../policy/ready-config.ts'
import { endpointText } from '../policy/sections/listen.ts'
import {
  beginAnchors,
  CONFIG_FILE,
  type RecursorFiles,
  readRecursorFiles,
  writeRecursorFiles,
} from './recursor-files.ts'
import { reasonOf } from './unbound-reason.ts'

const PROGRAM = '/usr/sbin/unbound'
/** Asked to end, it has ended within 0.1 s; the agent's own end is not to wait for it. */
const STOP_MS = 500
/** Who lives so long has read its configuration and has its port. */
const READY_MS = 2_000
/** Nothing of the agent's own; and what the system says is in English. */
const ENVIRONMENT = { LANG: 'C' }
const SAID_CHARS_MAX = 4_000

export interface RecursorStatus {
  readonly state: 'off' | 'starting' | 'running' | 'failing'
  /** Where it listens, or why it does not; empty when it is off. */
  readonly detail: string
}

export interface RecursorParts {
  readonly stateDir: string
  readonly clock: Clock
  readonly log: Log
  readonly faults: Faults
}

const OFF: RecursorStatus = { state: 'off', detail: '' }

export class Recursor {
  readonly #parts: RecursorParts
  readonly #folder: string
  /** One change after the other. */
  #turn: Promise<void> = Promise.resolve()
  #inForce = ''
  #process: KeptProcess | undefined
  #ready: NodeJS.Timeout | undefined
  #said = ''
  #status: RecursorStatus = OFF
  #starts = 0

  constructor(parts: RecursorParts) {
    this.#parts = parts
    this.#folder = join(parts.stateDir, 'recursor')
  }

  status(): RecursorStatus {
    return this.#status
  }

  /** The process id of Unbound; undefined while there is none. */
  get pid(): number | undefined {
    return this.#process?.pid
  }

  /** How often it was started. */
  get starts(): number {
    return this.#starts
  }

  /** Goes by this configuration from now on. One that cannot be used leaves what runs, and is told. */
  use({ recursor }: Pick<ReadyConfig, 'recursor'>): void {
    this.#turn = this.#turn
      .then(() => (recursor ? this.#follow(recursor) : this.#end()))
      .catch((error: unknown) => this.#fail(error instanceof Error ? error.message : 'it broke'))
  }

  /** Resolves when it has ended. */
  async close(): Promise<void> {
    this.use({ recursor: undefined })
    await this.#turn
  }

  async #follow(recursor: ReadyRecursor): Promise<void> {
    const files = await readRecursorFiles(recursor)
    if (isFailure(files)) return this.#fail(files.detail)
    const wished = JSON.stringify([...files.texts, files.anchors])
    if (wished === this.#inForce) return
    await this.#end()
    await writeRecursorFiles(this.#folder, files)
    this.#inForce = wished
    this.#process = this.#start(recursor, files)
  }

  async #end(): Promise<void> {
    clearTimeout(this.#ready)
    const ending = this.#process
    this.#process = undefined
    this.#inForce = ''
    await ending?.stop(STOP_MS)
    this.#status = OFF
  }

  #start(recursor: ReadyRecursor, files: RecursorFiles): KeptProcess {
    const { clock, log } = this.#parts
    const at = endpointText(recursor)
    const kept: KeptProcess = new KeptProcess(
      {
        name: 'recursor',
        ...boundToParent(PROGRAM, ['-d', '-c', CONFIG_FILE]),
        folder: this.#folder,
        environment: ENVIRONMENT,
        stdio: ['ignore', 'ignore', 'pipe'],
        isStartFault: (code) => code !== 0,
        isTriedAgain: true,
      },
      {
        onStart: () => {
          this.#starts += 1
          this.#said = ''
          if (this.#status.state !== 'failing') this.#status = { state: 'starting', detail: at }
          this.#ready = setTimeout(() => {
            kept.markReady()
            this.#status = { state: 'running', detail: at }
            log.info({ at, pid: kept.pid }, 'recursor runs')
          }, READY_MS)
        },
        onSaid: (text) => {
          this.#said = `${this.#said}${text}`.slice(-SAID_CHARS_MAX)
        },
        onDeath: (_, why, delayMs) =>
          this.#fail(
            `Unbound ended (${this.#reason(why)}); it starts again in ${delayMs / 1000} s`,
          ),
        onStartFault: (_, why) => this.#cannotStart(why, files),
      },
      clock,
    )
    kept.start()
    return kept
  }

  #cannotStart(why: string, files: RecursorFiles): void {
    if (!existsSync(PROGRAM))
      return this.#fail(`${PROGRAM} is not there: install the Debian package unbound`)
    const reason = this.#reason(why)
    this.#fail(`Unbound cannot start: ${reason}; it is tried again every 30 s`)
    // What a power cut has left of the anchors keeps it from starting for ever.
    if (!reason.includes('anchor')) return
    this.#turn = this.#turn
      .then(() => beginAnchors(this.#folder, files))
      .catch(() => this.#fail('the trust anchors cannot be written'))
  }

  #reason(why: string): string {
    return reasonOf(this.#said) ?? why
  }

  #fail(detail: string): void {
    clearTimeout(this.#ready)
    this.#status = { state: 'failing', detail }
    this.#parts.faults.add('recursor', detail)
    this.#parts.log.warn({ detail }, 'recursor')
  }
}
