import {
  BOX_REPLY_PATH,
  type BoxTask,
  POLICY_HOLD_MS,
  POLICY_NEWS_BYTES_MAX,
} from '#domain/console-rules.ts'
import { readApplianceKey } from '#platform/http-signing.ts'
import { type AgentBase, readKey } from '../agent-base.ts'
import { registerReadings } from '../metrics/agent-metrics.ts'
import { consoleReadings } from '../metrics/console-metrics.ts'
import { assertCollectorUrl } from '../outbox/collector-url.ts'
import { Poster } from '../outbox/post-signed.ts'
import { ConsolePoll } from './console-poll.ts'
import { doTask, type TaskParts } from './do-task.ts'
import { RulesTaker } from './rules-taker.ts'

/** Tasks that are done at the same time; of others the collector hears nothing, and stops waiting by itself. */
const TASKS_AT_ONCE_MAX = 8

export interface ConsoleRulesParts extends Omit<TaskParts, 'clock' | 'timetable'> {
  /** Reads the configuration again, and puts it in force. */
  readonly reload: () => void
}

/** Keeps asking the collector what people allow and deny there, and does what it asks of this box. */
export function startConsoleRules(
  base: AgentBase,
  { reload, ...given }: ConsoleRulesParts,
): { readonly close: () => Promise<void> } {
  const { first, clock, faults, bodies, rulesFile, timetable } = base
  const parts = { ...given, clock, timetable }
  const key = readApplianceKey(readKey(base.stateDir))
  const onFault = (text: string): void => faults.add('console', text)
  const settings = {
    collector: assertCollectorUrl(first.collector.url),
    key,
    answerBytesMax: POLICY_NEWS_BYTES_MAX,
    wallMs: clock.wallMs,
  }
  const requestMs = first.limits.shipTimeoutMs
  const poster = new Poster({ ...settings, timeoutMs: POLICY_HOLD_MS + requestMs })
  const { keeper } = parts
  const tell = bodies.push
  const taker = new RulesTaker({ file: rulesFile, keeper, timetable, reload, tell })
  const tasks = makeTasks({ ...parts, ...settings, timeoutMs: requestMs, onFault })
  const poll = new ConsolePoll({
    appliance: key.appliance,
    poster,
    taker,
    groups: () => [...keeper.config.groups.keys()],
    timetable: () => timetable.state(keeper.config),
    begin: tasks.begin,
    onFault,
  })
  registerReadings(base.registry, consoleReadings(taker, poll))
  poll.start()
  return {
    close: () => {
      poll.close()
      poster.close()
      tasks.close()
      return Promise.resolve()
    },
  }
}

type PosterSettings = ConstructorParameters<typeof Poster>[0]

/** Each reply has a connection of its own: the poll that stands must not keep it waiting. */
function makeTasks(
  parts: TaskParts & PosterSettings & { readonly onFault: (text: string) => void },
): { readonly begin: (task: BoxTask) => void; readonly close: () => void } {
  const posters = new Set<Poster>()
  const run = async (task: BoxTask): Promise<void> => {
    const poster = new Poster(parts)
    posters.add(poster)
    try {
      const { appliance } = parts.key
      const answer = await doTask(task, parts)
      await poster.post(
        BOX_REPLY_PATH,
        JSON.stringify({ v: 1, appliance, task: task.task, answer }),
      )
    } finally {
      posters.delete(poster)
      poster.close()
    }
  }
  return {
    begin: (task) => {
      if (posters.size >= TASKS_AT_ONCE_MAX) return
      run(task).catch((error: unknown) => parts.onFault(`a task failed: ${String(error)}`))
    },
    close: () => {
      for (const poster of posters) poster.close()
    },
  }
}
