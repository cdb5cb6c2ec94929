/**
 * Node speaks no rtnetlink, so `ip` (iproute2) does: `ip monitor neigh` is kept running and tells each change as it happens, `ip neigh`
 * lists all now and then, since a reader that is too slow is told less. Asking every second instead would start some thousand processes an
 * hour and read all of a large table for nothing. As text: the JSON of a large table comes in one piece, which would hold up answers.
 */
import { spawn } from 'node:child_process'
import { open } from 'node:fs/promises'
import { type Failure, failure } from '#domain/failure.ts'
import { boundToParent } from '#platform/bound-to-parent.ts'
import type { Clock } from '#platform/clock.ts'
import { KeptProcess } from '#platform/kept-process.ts'
import { shortTurns } from '#platform/short-turns.ts'
import { makeLineSplitter } from '../line-splitter.ts'

const LINE_CHARS_MAX = 1_024
const LIST_TIMEOUT_MS = 5_000
/** More lines than entries that are kept: those that failed are among them. */
const LIST_LINES_MAX = 20_000
const ARP_BYTES_MAX = 4_194_304
const ARP_FILE = '/proc/net/arp'
/** What the shell says of a program that is not there. */
const NOT_THERE = 127

export const IP_ENVIRONMENT: Readonly<Record<string, string>> = {
  LANG: 'C',
  PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
}

/** Gets lines; `malformed` for one that is too long. */
export interface LineTaker {
  readonly line: (line: string) => void
  readonly malformed: () => void
}

/** Lists the kernel's tables in short turns. `program` is `ip`. Never rejects. */
export async function listNeighbours(
  program: string,
  taker: LineTaker,
  clock: Clock,
): Promise<Failure | undefined> {
  const child = spawn(program, ['neigh', 'show'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: IP_ENVIRONMENT,
    timeout: LIST_TIMEOUT_MS,
    killSignal: 'SIGKILL',
  })
  const ended = new Promise<string | undefined>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('close', (code, signal) =>
      resolve(code === 0 ? undefined : (signal ?? `exit code ${code}`)),
    )
  })
  const lines: string[] = []
  const split = makeLineSplitter(LINE_CHARS_MAX, (line) => lines.push(line), taker.malformed)
  child.stdout.on('data', (bytes) => {
    if (lines.length < LIST_LINES_MAX) split(bytes)
  })
  const why = await ended
  if (why !== undefined) return failure('no-list', why)
  await tellInTurns(lines, taker, clock)
  return undefined
}

/** The lines of `/proc/net/arp`: IPv4 alone. Never rejects. */
export async function listArp(taker: LineTaker, clock: Clock): Promise<Failure | undefined> {
  try {
    const file = await open(ARP_FILE, 'r')
    try {
      const text = await file.readFile({ encoding: 'latin1' })
      await tellInTurns(text.slice(0, ARP_BYTES_MAX).split('\n'), taker, clock)
      return undefined
    } finally {
      await file.close()
    }
  } catch (error) {
    return failure('no-list', error instanceof Error ? error.message : 'it cannot be read')
  }
}

async function tellInTurns(lines: readonly string[], taker: LineTaker, clock: Clock) {
  const turns = shortTurns(clock)
  for (const line of lines) {
    taker.line(line)
    // oxlint-disable-next-line no-await-in-loop -- others have their turn between two lines
    if (turns.isOver()) await turns.next()
  }
}

export interface MonitorEvents extends LineTaker {
  readonly onStart: () => void
  readonly onEnd: () => void
}

/** `ip monitor neigh`, kept running and bound to this process; not started yet. */
export function makeNeighbourMonitor(
  program: string,
  events: MonitorEvents,
  clock: Clock,
): KeptProcess {
  const newSplitter = (): ((bytes: Buffer) => void) =>
    makeLineSplitter(LINE_CHARS_MAX, events.line, events.malformed)
  let split = newSplitter()
  return new KeptProcess(
    {
      name: 'neighbour monitor',
      ...boundToParent(program, ['monitor', 'neigh']),
      environment: IP_ENVIRONMENT,
      // As BOUND_STDIO, but what it says is heard.
      stdio: ['ignore', 'pipe', 'ignore', 'pipe'],
      isStartFault: (code) => code === NOT_THERE,
      isTriedAgain: true,
    },
    {
      onStart: () => {
        split = newSplitter()
        events.onStart()
      },
      onOutput: (bytes) => split(bytes),
      onDeath: events.onEnd,
      onStartFault: events.onEnd,
    },
    clock,
  )
}
