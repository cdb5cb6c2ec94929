import {
  type BoxAnswer,
  type BoxTask,
  type ConsoleRuleTold,
  TASKS_MAX,
  type WhyAsked,
} from '#domain/console-rules.ts'
import type { TimetableTold } from '#domain/console-timetable.ts'
import type { ReleaseAsked } from '#domain/release-told.ts'
import { newRandomId } from '#platform/random.ts'

/** What a box is to do for somebody who waits. */
export type Asked =
  | { readonly kind: 'preview'; readonly rules: readonly ConsoleRuleTold[] }
  | {
      readonly kind: 'check'
      readonly rules: readonly ConsoleRuleTold[]
      readonly timetable?: TimetableTold
    }
  | { readonly kind: 'why'; readonly asked: WhyAsked }
  | { readonly kind: 'release'; readonly asked: ReleaseAsked }
  | { readonly kind: 'end-release'; readonly release: string; readonly who: string }

/** Tasks that wait for their box, at most TASKS_MAX of each, and whoever waits for the answers. In memory alone. */
export interface BoxTasks {
  /** `away` where no answer came in time, or too many wait already. */
  readonly add: (appliance: string, asked: Asked, waitMs: number) => Promise<BoxAnswer | 'away'>
  /** Hands tasks out, once. */
  readonly take: (appliance: string, max: number) => readonly BoxTask[]
  /** An answer that nobody waits for is dropped. */
  readonly reply: (appliance: string, task: string, answer: BoxAnswer) => void
}

export function makeBoxTasks(): BoxTasks {
  const waiting = new Map<string, readonly BoxTask[]>()
  const answers = new Map<string, (answer: BoxAnswer) => void>()
  const of = (appliance: string): readonly BoxTask[] => waiting.get(appliance) ?? []
  const keep = (appliance: string, tasks: readonly BoxTask[]): void => {
    if (tasks.length === 0) waiting.delete(appliance)
    else waiting.set(appliance, tasks)
  }
  return {
    add: (appliance, asked, waitMs) => {
      if (of(appliance).length >= TASKS_MAX) return Promise.resolve('away')
      const task = newRandomId()
      keep(appliance, [...of(appliance), { ...asked, task }])
      return new Promise((resolve) => {
        const finish = (answer: BoxAnswer | 'away'): void => {
          clearTimeout(timer)
          answers.delete(`${appliance} ${task}`)
          keep(
            appliance,
            of(appliance).filter((one) => one.task !== task),
          )
          resolve(answer)
        }
        const timer = setTimeout(() => finish('away'), waitMs)
        answers.set(`${appliance} ${task}`, finish)
      })
    },
    take: (appliance, max) => {
      const tasks = of(appliance)
      keep(appliance, tasks.slice(max))
      return tasks.slice(0, max)
    },
    reply: (appliance, task, answer) => answers.get(`${appliance} ${task}`)?.(answer),
  }
}
