import type { AgentStarted } from '#domain/event.ts'
import type { Sqlite } from '#platform/sqlite.ts'

/** How the run before this one ended, as far as the file knows. */
export interface PreviousRun {
  readonly stop: AgentStarted['previousStop']
  /** Wall time at which it was last known alive. */
  readonly lastAliveAt?: number
}

/**
 * The run's traces in the `meta` table: which run this is, when it was last alive, whether it said goodbye. A store worker
 * that is started again within the same run finds its own run there and changes nothing.
 */
export class RunRecord {
  readonly #read
  readonly #write
  readonly #transaction: (run: () => void) => void
  #aliveMs: number
  #touchedMs: number

  constructor(db: Sqlite, monotonicMs: number) {
    this.#read = db.prepare<[string], { value: string }>('SELECT value FROM meta WHERE key = ?')
    this.#write = db.prepare<[string, string]>(
      'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    )
    this.#transaction = (run) => db.transaction(run)()
    this.#aliveMs = Number(this.#value('alive_ms') ?? 0)
    this.#touchedMs = monotonicMs
  }

  /** Milliseconds that this file's agent has been running, all runs together. */
  aliveMs(monotonicMs: number): number {
    return Math.round(this.#aliveMs + monotonicMs - this.#touchedMs)
  }

  /** Begins run `run`, or finds it begun; answers how the run before it ended. */
  begin(run: string, isReplacedFile: boolean, wallMs: number, monotonicMs: number): PreviousRun {
    if (this.#value('run') !== run) {
      const stop = this.#stopOfLast(isReplacedFile)
      this.#transaction(() => {
        this.#write.run('previous_stop', stop)
        this.#write.run('previous_alive_at', this.#value('last_alive_at') ?? '')
        this.#write.run('run', run)
        this.#write.run('is_stopped', 'no')
      })
    }
    this.touch(wallMs, monotonicMs)
    return this.#previous()
  }

  /** Says that the agent lives. Commits, so it takes as long as the disk does. */
  touch(wallMs: number, monotonicMs: number): void {
    this.#aliveMs = this.aliveMs(monotonicMs)
    this.#touchedMs = monotonicMs
    this.#transaction(() => {
      this.#write.run('last_alive_at', String(wallMs))
      this.#write.run('alive_ms', String(this.#aliveMs))
    })
  }

  /** The agent's goodbye. */
  end(wallMs: number, monotonicMs: number): void {
    this.#transaction(() => {
      this.touch(wallMs, monotonicMs)
      this.#write.run('is_stopped', 'yes')
    })
  }

  #stopOfLast(isReplacedFile: boolean): PreviousRun['stop'] {
    const isStopped = this.#value('is_stopped')
    if (isStopped === undefined) return isReplacedFile ? 'unclean' : 'first-start'
    return isStopped === 'yes' ? 'clean' : 'unclean'
  }

  #previous(): PreviousRun {
    const text = this.#value('previous_stop')
    const stop = text === 'clean' || text === 'unclean' ? text : 'first-start'
    const at = this.#value('previous_alive_at')
    return at ? { stop, lastAliveAt: Number(at) } : { stop }
  }

  #value(key: string): string | undefined {
    return this.#read.get(key)?.value
  }
}
