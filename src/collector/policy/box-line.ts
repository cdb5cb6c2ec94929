import {
  type BoxAnswer,
  POLICY_HOLD_MS,
  type PolicyNews,
  TASKS_MAX,
} from '#domain/console-rules.ts'
import type { Clock } from '#platform/clock.ts'
import { type Asked, makeBoxTasks } from './box-tasks.ts'

/** A box that polls again is back within this; one that was not seen for longer is away. */
const GONE_AFTER_MS = 10_000

/** The lines by which boxes are reached: polls that are held, and tasks that go out with their answers. In memory alone. */
export interface BoxLine {
  /** Holds a poll until there is news, `isGone` resolves, or its time is over. `read` tells what there is now. */
  readonly hold: (
    appliance: string,
    read: () => PolicyNews,
    isGone: Promise<unknown>,
  ) => Promise<PolicyNews>
  /** There may be news for everybody. */
  readonly wake: () => void
  /** Asks a box; `away` where it cannot be reached in time. */
  readonly ask: (appliance: string, asked: Asked, waitMs: number) => Promise<BoxAnswer | 'away'>
  readonly reply: (appliance: string, task: string, answer: BoxAnswer) => void
  readonly isPresent: (appliance: string) => boolean
  readonly held: () => number
  /** Lets all go; nothing is held any more. */
  readonly close: () => void
}

interface Line {
  seenAtMs: number
  release: (() => void) | undefined
  /** Counts the polls, so that of two that are held the older is let go. */
  polls: number
}

const QUIET: PolicyNews = { v: 1, tasks: [] }

export function makeBoxLine(clock: Pick<Clock, 'monotonicMs'>): BoxLine {
  // Bounded by the enrolled boxes: only they may be given to `hold`.
  const lines = new Map<string, Line>()
  const tasks = makeBoxTasks()
  let isClosed = false
  const isPresent = (appliance: string): boolean => {
    const line = lines.get(appliance)
    if (line === undefined) return false
    return line.release !== undefined || clock.monotonicMs() - line.seenAtMs < GONE_AFTER_MS
  }
  const wake = (): void => {
    for (const { release } of lines.values()) release?.()
  }
  return {
    hold: async (appliance, read, isGone) => {
      const line = lineOf(appliance, lines)
      const poll = ++line.polls
      // The line of before is dead, or the box would not poll again.
      line.release?.()
      const endsAtMs = clock.monotonicMs() + POLICY_HOLD_MS
      for (;;) {
        const news = read()
        const due = [...news.tasks, ...tasks.take(appliance, TASKS_MAX - news.tasks.length)]
        const leftMs = endsAtMs - clock.monotonicMs()
        line.seenAtMs = clock.monotonicMs()
        if (news.rules || due.length > 0 || leftMs <= 0) return { ...news, tasks: due }
        const why = await pause(line, leftMs, isGone)
        if (isClosed || poll !== line.polls) return QUIET
        if (why !== 'gone') continue
        line.seenAtMs = -Infinity
        return QUIET
      }
    },
    wake,
    ask: (appliance, asked, waitMs) => {
      if (!isPresent(appliance)) return Promise.resolve('away')
      const answer = tasks.add(appliance, asked, waitMs)
      lines.get(appliance)?.release?.()
      return answer
    },
    reply: tasks.reply,
    isPresent,
    held: () => [...lines.values()].filter(({ release }) => release !== undefined).length,
    close: () => {
      isClosed = true
      wake()
    },
  }
}

function lineOf(appliance: string, lines: Map<string, Line>): Line {
  const line = lines.get(appliance) ?? { seenAtMs: -Infinity, release: undefined, polls: 0 }
  lines.set(appliance, line)
  return line
}

/** Until somebody wakes the line, the box goes, or the time is over. */
async function pause(
  line: Line,
  leftMs: number,
  isGone: Promise<unknown>,
): Promise<'woken' | 'gone' | 'over'> {
  let timer: NodeJS.Timeout | undefined
  const woken = new Promise<'woken'>((resolve) => {
    line.release = () => resolve('woken')
  })
  const { release } = line
  const over = new Promise<'over'>((resolve) => {
    timer = setTimeout(() => resolve('over'), leftMs)
  })
  const why = await Promise.race([woken, isGone.then(() => 'gone' as const), over])
  clearTimeout(timer)
  if (line.release === release) line.release = undefined
  return why
}
