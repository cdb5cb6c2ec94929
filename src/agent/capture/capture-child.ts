import { existsSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { CaptureReport } from '#domain/capture-report.ts'
import type { CaptureSettings } from '#domain/capture-settings.ts'
import { type Clock } from '#platform/clock.ts'
import { bareEnvironment } from '#platform/environment.ts'
import { frameOf } from '#platform/frames.ts'
import { KeptProcess } from '#platform/kept-process.ts'
import type { CaptureState } from './capture-state.ts'
import { takeReports } from './report-intake.ts'

export interface ChildParts {
  readonly settings: CaptureSettings
  readonly state: CaptureState
  readonly clock: Clock
  /** After which the words `capture --framed` stand. */
  readonly command: readonly string[]
  readonly onReport: (report: CaptureReport) => void
  readonly tell: (detail: string) => void
}

export interface CaptureEnd {
  readonly close: () => Promise<void>
}

const MAIN = join(import.meta.dirname, '..', '..', 'cli', 'main.ts')
const NODE_FLAGS = [
  '--disable-warning=ExperimentalWarning',
  '--max-semi-space-size=4',
  '--max-old-space-size=96',
  '--optimize-for-size',
]
const SETPRIV = '/usr/bin/setpriv'
const ALONE = '-all,+net_raw'
/** The user and group of that name, on every Linux. */
const NOBODY = 65_534
const READ_BY_OTHERS = 4
const ENTERED_BY_OTHERS = 1
/** EX_CONFIG: it cannot capture as it is set up. */
const CANNOT_START = 78
const STOP_MS = 1000
const SAID_CHARS_MAX = 2000
const SAID_LINE_CHARS_MAX = 200
/** What the program begins its complaints with. */
const SPEAKER = 'supercloud-edge: '

/**
 * What runs a capture process. Root's becomes nobody's with CAP_NET_RAW alone, and can gain nothing: what comes over the wire gets at no more
 * than the wire. Where the program lies in a folder that nobody may enter it stays root's, with that capability alone; tcpdump, which
 * wants to change its user, then fails. Another user passes on what it has.
 */
export function captureCommand(isRoot: boolean): readonly string[] {
  const program = [process.execPath, ...NODE_FLAGS, MAIN]
  if (!isRoot || !existsSync(SETPRIV)) return program
  const isOpen = [process.execPath, MAIN].every((path) => mayAnybodyRead(path))
  const nobody = [
    `--reuid=${NOBODY}`,
    `--regid=${NOBODY}`,
    '--clear-groups',
    `--ambient-caps=${ALONE}`,
  ]
  const bounds = [`--bounding-set=${ALONE}`, `--inh-caps=${ALONE}`, '--no-new-privs']
  return [SETPRIV, ...(isOpen ? nobody : []), ...bounds, ...program]
}

function hasBit(path: string, bit: number): boolean {
  return (statSync(path).mode & bit) !== 0
}

/** Whether all users may read a file, and enter all folders above it. */
function mayAnybodyRead(path: string): boolean {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (!hasBit(folder, ENTERED_BY_OTHERS)) return false
    if (folder === dirname(folder)) return hasBit(path, READ_BY_OTHERS)
  }
}

/** A capture process as a child of the agent, kept running. Its standard input is its life line: it ends when the agent does. */
export function startCaptureChild(parts: ChildParts): CaptureEnd {
  const { settings, state, clock, command, tell } = parts
  const [program = '', ...args] = command
  let said = ''
  const kept: KeptProcess = new KeptProcess(
    {
      name: 'capture',
      program,
      args: [...args, 'capture', '--framed'],
      environment: bareEnvironment(),
      stdio: ['pipe', 'pipe', 'pipe'],
      isStartFault: (code) => code === CANNOT_START,
      isTriedAgain: true,
    },
    {
      onStart: (child) => {
        said = ''
        state.begin(settings.interfaces)
        state.set('starting', 'the capture process starts')
        child.stdin?.write(frameOf(settings))
        if (!child.stdout) return
        takeReports(child.stdout, clock, {
          onReport: (report) => {
            if (report.kind === 'source-changed') kept.markReady()
            parts.onReport(report)
          },
          onRefused: () => state.refuse(),
          onBroken: (why) => {
            tell(`the capture process is ended, for what it sent: ${why}`)
            kept.signal('SIGKILL')
          },
        })
      },
      onSaid: (text) => {
        said = `${said}${text}`.slice(-SAID_CHARS_MAX)
      },
      onDeath: (_, why, delayMs) => {
        state.end()
        const detail = `the capture process ended (${lastLine(said) ?? why}); it starts again in ${delayMs / 1000} s`
        state.set('failing', detail)
        tell(detail)
      },
      onStartFault: (_, why) => {
        state.end()
        const detail = lastLine(said) ?? why
        state.set('failing', detail)
        tell(detail)
      },
    },
    clock,
  )
  kept.start()
  return {
    close: async () => {
      await kept.stop(STOP_MS)
      state.end()
    },
  }
}

/** Why it ended, in its own words and fit for a log; undefined where it said nothing of the kind. */
function lastLine(said: string): string | undefined {
  const line = said.split('\n').findLast((one) => one.startsWith(SPEAKER) || /assertion/i.test(one))
  return line
    ?.replace(SPEAKER, '')
    .replaceAll(/[^\x20-\x7e]/g, '?')
    .slice(0, SAID_LINE_CHARS_MAX)
}
