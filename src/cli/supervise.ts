import { setTimeout as pause } from 'node:timers/promises'
import { type Clock, systemClock } from '#platform/clock.ts'
import { KeptProcess, type ProcessSpec } from '#platform/kept-process.ts'
import { EXIT, type ExitCode } from './exit-code.ts'

/** Children get this long after SIGTERM; then they are killed, so that stopping takes less than 2 s in all. */
const STOP_MS = 1800
const READY_POLL_MS = 100

/** A part to keep, and how to know that it works. */
export interface SupervisedPart {
  readonly name: string
  /** After the path of Node. */
  readonly args: readonly string[]
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Whether the rest is pointless without it: only then does its start fault end everything. */
  readonly isRequired: boolean
  readonly isReady: () => Promise<boolean>
  /** Whether SIGHUP is handed on to it. */
  readonly hasReload: boolean
}

export interface SupervisorOptions {
  readonly parts: readonly SupervisedPart[]
  readonly onReady: () => Promise<void>
  readonly complain: (line: string) => void
  /** Whether a terminal's hang-up reaches this process: then SIGHUP means stop, else reload. */
  readonly isTerminal: boolean
  readonly clock?: Clock
}

/**
 * Keeps the parts running until SIGTERM or SIGINT; the death of one leaves the others alone. Returns what to exit with:
 * 0 after a stop, 1 when a part that the rest needs cannot start as it is set up.
 */
export async function supervise(options: SupervisorOptions): Promise<ExitCode> {
  const { parts, complain, clock = systemClock } = options
  const ended = Promise.withResolvers<ExitCode>()
  const events = {
    onDeath: (name: string, why: string, delayMs: number) =>
      complain(`${name} ended (${why}); it starts again in ${delayMs / 1000} s`),
    onStartFault: (name: string) => {
      const isRequired = parts.some((part) => part.name === name && part.isRequired)
      const rest = isRequired ? '' : '; the rest goes on without it, and it is tried again'
      complain(`${name} cannot start as it is set up; the reason stands above${rest}`)
      if (isRequired) ended.resolve(EXIT.foundWrong)
    },
  }
  const kept = parts.map((part) => new KeptProcess(processOf(part), events, clock))
  watchSignals(options, kept, () => ended.resolve(EXIT.ok))
  for (const part of kept) part.start()
  const watching = new AbortController()
  const ready = tellWhenReady(options, kept, watching.signal)
  const code = await ended.promise
  watching.abort()
  await Promise.all(kept.map((part) => part.stop(STOP_MS)))
  await ready
  return code
}

/** Its standard input is a pipe that it watches: when this process ends, in whatever way, the pipe closes and the part stops by itself. */
function processOf({ name, args, environment, isRequired }: SupervisedPart): ProcessSpec {
  return {
    name,
    program: process.execPath,
    args: [...process.execArgv, ...args],
    environment,
    stdio: ['pipe', 'inherit', 'inherit'],
    isStartFault: (code) => code === EXIT.cannotStart,
    isTriedAgain: !isRequired,
  }
}

function watchSignals(
  options: SupervisorOptions,
  kept: readonly KeptProcess[],
  stop: () => void,
): void {
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  process.on('SIGHUP', () => {
    if (options.isTerminal) return stop()
    for (const part of kept)
      if (options.parts.some(({ name, hasReload }) => hasReload && name === part.name))
        part.signal('SIGHUP')
  })
}

/** Polls each part until it works; when all have, tells. Ends early when aborted. */
async function tellWhenReady(
  { parts, onReady, complain }: SupervisorOptions,
  kept: readonly KeptProcess[],
  aborted: AbortSignal,
): Promise<void> {
  const waitFor = async (part: SupervisedPart): Promise<void> => {
    const one = kept.find(({ name }) => name === part.name)
    // oxlint-disable-next-line no-await-in-loop -- one poll after the other is the point
    while (!aborted.aborted && !(await part.isReady())) {
      if (one?.hasStartFault) return
      await pause(READY_POLL_MS)
    }
    if (!aborted.aborted) one?.markReady()
  }
  await Promise.all(parts.map(waitFor))
  if (aborted.aborted) return
  try {
    await onReady()
  } catch (error) {
    complain(error instanceof Error ? error.message : 'cannot tell how to try it')
  }
}
