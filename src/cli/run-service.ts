import type { Log } from '#platform/log.ts'
import { sdNotify } from '#platform/sd-notify.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { startFault } from './start-fault.ts'
import { printable } from './terminal-text.ts'

/** From the wish to stop to the end, whatever still hangs; the supervisor waits a little longer. */
const STOP_TIMEOUT_MS = 1600

/** Whatever a service writes is for its owner alone. */
const OWNER_ONLY = 0o077

/** Something that runs until it is closed. */
interface Service {
  close(): Promise<void>
}

export interface ServiceOptions {
  readonly part: 'agent' | 'collector'
  readonly log: Log
  /** Stop when standard input closes, as it does when the supervisor dies, however it dies. */
  readonly isSupervised: boolean
  readonly notifySocket: string | undefined
  readonly complain: (line: string) => void
  readonly start: () => Promise<Service>
}

/**
 * Starts a service, tells systemd, waits for SIGTERM or SIGINT, closes it. A fault at start ends with 78; what nobody
 * caught ends with 70 at once, because a process whose invariants broke must not answer.
 */
export async function runService(options: ServiceOptions): Promise<ExitCode> {
  const { part, log, notifySocket, complain, start } = options
  endOnBrokenInvariant(log)
  process.umask(OWNER_ONLY)
  const stop = stopWish(options.isSupervised)
  let service: Service
  try {
    service = await start()
  } catch (error) {
    complain(`${part} cannot start: ${printable(startFault(error))}`)
    return EXIT.cannotStart
  }
  warn(log, await sdNotify('ready', notifySocket))
  await stop
  warn(log, await sdNotify('stopping', notifySocket))
  await service.close()
  return EXIT.ok
}

/** Resolves at the first wish to stop; the process ends within STOP_TIMEOUT_MS of it in any case. */
function stopWish(isSupervised: boolean): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => {
      setTimeout(() => process.exit(EXIT.ok), STOP_TIMEOUT_MS).unref()
      resolve()
    }
    process.on('SIGTERM', stop)
    process.on('SIGINT', stop)
    // Means "read the configuration again" to an agent; it must never end a service.
    process.on('SIGHUP', () => undefined)
    if (!isSupervised) return
    process.stdin.on('end', stop).on('error', stop).resume()
  })
}

function endOnBrokenInvariant(log: Log): void {
  const end = (error: unknown): void => {
    log.fatal({ err: error }, 'broken invariant')
    process.exit(EXIT.broken)
  }
  process.on('uncaughtException', end)
  process.on('unhandledRejection', end)
}

function warn(log: Log, problem: string | undefined): void {
  if (problem !== undefined) log.warn(problem)
}
