/**
 * Unbound as a child of the agent: its files, its life, and how it is doing.
 *
 * A configuration that wants one has `upstreams` lead to it, so that nothing else in the agent knows of it. While it is down clients get
 * what is known, stale answers, and SERVFAIL, as with any upstream that is silent.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { isFailure } from '#domain/failure.ts'
import { BOUND_STDIO, boundToParent } from '#platform/bound-to-parent.ts'
import type { Clock } from '#platform/clock.ts'
import { KeptProcess } from '#platform/kept-process.ts'
import type { Log } from '#platform/log.ts'
import type { Faults } from '../faults.ts'
import type { ReadyConfig, ReadyRecursor } from '../policy/ready-config.ts'
import { endpointText } from '../policy/sections/listen.ts'
import { isAnswering } from './is-answering.ts'
import {
  CONFIG_FILE,
  dropAnchors,
  type RecursorFiles,
  readRecursorFiles,
  writeRecursorFiles,
} from './recursor-files.ts'
import { areAnchorsBroken, reasonOf } from './unbound-reason.ts'

export const UNBOUND = '/usr/sbin/unbound'
/** Asked to end, it has ended within 0.1 s; the agent's own end is not to wait for it. */
const STOP_MS = 500
/** How often it is tried whether it answers yet, and how often at most: a minute or more. */
const ANSWER_POLL_MS = 20
const ANSWER_POLLS_MAX = 3_000
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
  readonly program: string
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
  #wanted: ReadyRecursor | undefined
  #inForce = ''
  /** Why the newest settings are not in force. */
  #refused: string | undefined
  #process: KeptProcess | undefined
  #said = ''
  #status: RecursorStatus = OFF
  #starts = 0
  readonly #settled = Promise.withResolvers<void>()
  /** Whether the anchors were begun anew, and Unbound has not worked since. */
  #isMended = false

  constructor(parts: RecursorParts) {
    this.#parts = parts
    this.#folder = join(parts.stateDir, 'recursor')
  }

  status(): RecursorStatus {
    return this.#refused === undefined ? this.#status : { state: 'failing', detail: this.#refused }
  }

  get isUp(): boolean {
    return this.#status.state === 'running'
  }

  /** How often it was started. */
  get starts(): number {
    return this.#starts
  }

  /** Goes by this configuration from now on. One that cannot be used leaves what runs, and is told. */
  use({ recursor }: Pick<ReadyConfig, 'recursor'>): void {
    this.#wanted = recursor
    this.#queue(() => (recursor ? this.#follow(recursor) : this.#end()))
  }

  /** Resolves when it answers, when it cannot, or when none is wanted. */
  get settled(): Promise<void> {
    return this.#settled.promise
  }

  /** Resolves when it has ended. */
  async close(): Promise<void> {
    this.use({ recursor: undefined })
    await this.#turn
  }

  async #follow(recursor: ReadyRecursor): Promise<void> {
    const files = await readRecursorFiles(recursor)
    this.#refused = isFailure(files) ? files.detail : undefined
    if (isFailure(files)) return this.#tell(files.detail)
    const wished = JSON.stringify([...files.texts, files.anchors])
    if (wished === this.#inForce) return
    await this.#end()
    await writeRecursorFiles(this.#folder, files)
    this.#inForce = wished
    this.#process = this.#make(recursor, files)
    this.#process.start()
  }

  async #end(): Promise<void> {
    const ending = this.#process
    this.#process = undefined
    this.#inForce = ''
    this.#refused = undefined
    await ending?.stop(STOP_MS)
    this.#status = OFF
    this.#settled.resolve()
  }

  #make(recursor: ReadyRecursor, files: RecursorFiles): KeptProcess {
    const { program, clock } = this.#parts
    const at = endpointText(recursor)
    const kept: KeptProcess = new KeptProcess(
      {
        name: 'recursor',
        ...boundToParent(program, ['-d', '-c', CONFIG_FILE]),
        folder: this.#folder,
        environment: ENVIRONMENT,
        stdio: BOUND_STDIO,
        isStartFault: (code) => code !== 0,
        isTriedAgain: true,
      },
      {
        onStart: () => {
          this.#starts += 1
          this.#said = ''
          if (this.#status.state !== 'failing') this.#status = { state: 'starting', detail: at }
          this.#awaitAnswers(kept, recursor).catch(() => undefined)
        },
        onSaid: (text) => {
          this.#said = `${this.#said}${text}`.slice(-SAID_CHARS_MAX)
        },
        onDeath: (_, why, delayMs) =>
          this.#fail(
            `Unbound ended (${this.#reason(why)}); it starts again in ${delayMs / 1000} s`,
          ),
        onStartFault: (_, why) => this.#cannotStart(why, recursor, files),
      },
      clock,
    )
    return kept
  }

  /** It runs once it answers; who has died meanwhile is told of by its end. */
  async #awaitAnswers(kept: KeptProcess, recursor: ReadyRecursor): Promise<void> {
    const { pid } = kept
    for (let polls = 0; polls < ANSWER_POLLS_MAX; polls++) {
      // oxlint-disable-next-line no-await-in-loop -- one try after the other is the point
      const isUp = await isAnswering(recursor)
      if (kept.pid !== pid || kept !== this.#process) return
      if (isUp) return this.#answers(kept, recursor)
      // oxlint-disable-next-line no-await-in-loop -- as above
      await pause(ANSWER_POLL_MS)
    }
  }

  #answers(kept: KeptProcess, recursor: ReadyRecursor): void {
    const { pid } = kept
    const at = endpointText(recursor)
    kept.markReady()
    this.#isMended = false
    this.#status = { state: 'running', detail: at }
    this.#parts.log.info({ at, pid }, 'recursor runs')
    this.#settled.resolve()
  }

  #cannotStart(why: string, recursor: ReadyRecursor, files: RecursorFiles): void {
    const { program } = this.#parts
    if (!existsSync(program))
      return this.#fail(`${program} is not there: install the Debian package unbound`)
    this.#fail(`Unbound cannot start: ${this.#reason(why)}; it is tried again every 30 s`)
    if (!areAnchorsBroken(this.#said) || this.#isMended) return
    this.#isMended = true
    this.#queue(async () => {
      await dropAnchors(this.#folder, files)
      this.#inForce = ''
      if (this.#wanted === recursor) await this.#follow(recursor)
    })
  }

  #queue(work: () => Promise<void>): void {
    this.#turn = this.#turn
      .then(work)
      .catch((error: unknown) => this.#fail(error instanceof Error ? error.message : 'it broke'))
  }

  #reason(why: string): string {
    return reasonOf(this.#said) ?? why
  }

  #fail(detail: string): void {
    this.#status = { state: 'failing', detail }
    this.#tell(detail)
  }

  #tell(detail: string): void {
    this.#settled.resolve()
    this.#parts.faults.add('recursor', detail)
    this.#parts.log.warn({ detail }, 'recursor')
  }
}
