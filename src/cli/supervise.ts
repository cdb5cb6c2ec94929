import { setTimeout as pause } from 'node:timers/promises'
import { type Clock, systemClock } from '#platform/clock.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { KeptPart, type PartSpec } from './kept-part.ts'

/** Children get this long after SIGTERM; then they are killed, so that stopping takes less than 2 s in all. */
const STOP_MS = 1800
const READY_POLL_MS = 100

/** A part to keep, and how to know that it works. */
export interface SupervisedPart extends PartSpec {
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
    onStartFault: (name: string, isRequired: boolean) => {
      const rest = isRequired ? '' : '; the rest goes on without it, and it is tried again'
      complain(`${name} cannot start as it is set up; the reason stands above${rest}`)
      if (isRequired) ended.resolve(EXIT.foundWrong)
    },
  }
  const kept = parts.map((part) => new KeptPart(part, events, clock))
  watchSignals(options, kept, () => ended.resolve(EXIT.ok))
  for (const part of kept) part.start()
  const watching = new AbortController()
  const ready = tellWhenReady(options, kept, watching.signal)
  const code = await ended.promise
  watching.abort()
  await stopAll(kept)
  await ready
  return code
}

function watchSignals(
  options: SupervisorOptions,
  kept: readonly KeptPart[],
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
  kept: readonly KeptPart[],
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

async function stopAll(kept: readonly KeptPart[]): Promise<void> {
  const killer = setTimeout(() => {
    for (const part of kept) part.signal('SIGKILL')
  }, STOP_MS)
  await Promise.all(kept.map((part) => part.stop()))
  clearTimeout(killer)
}
