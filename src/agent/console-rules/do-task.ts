import type { BoxAnswer, BoxTask, WhyAsked } from '#domain/console-rules.ts'
import { type Failure, isFailure } from '#domain/failure.ts'
import type { ReleaseAsked } from '#domain/release-told.ts'
import type { ControlApi } from '../control/control-api.ts'
import type { PolicyKeeper } from '../policy-keeper.ts'
import { checkRules } from './check-rules.ts'
import { type PreviewParts, previewRules } from './preview.ts'
import { readRules } from './read-rules.ts'
import type { TimetableOfConsole } from './timetable-of-console.ts'

export interface TaskParts extends PreviewParts {
  readonly keeper: PolicyKeeper
  readonly timetable: TimetableOfConsole
  readonly api: Pick<ControlApi, 'explain' | 'closeRequest' | 'grantRelease' | 'endRelease'>
}

/** Does what the collector asks of this box. Rejects only where a part of the agent throws. */
export async function doTask(task: BoxTask, parts: TaskParts): Promise<BoxAnswer> {
  switch (task.kind) {
    case 'preview':
      return preview(task.rules, parts)
    case 'check':
      return check(task, parts)
    case 'why':
      return why(task.asked, parts)
    case 'close-request': {
      const { request: reference, who, answer } = task
      const closed = await parts.api.closeRequest({ reference, who, answer })
      // One that is not open was answered at the box, or its time is over: there is nothing more to do.
      return isFailure(closed) && closed.failure !== 'refused' ? failed(closed) : { kind: 'closed' }
    }
    case 'release':
      return release(task.asked, parts)
    case 'end-release': {
      const ended = await parts.api.endRelease({ id: task.release, who: task.who })
      return isFailure(ended) && ended.failure !== 'refused'
        ? failed(ended)
        : { kind: 'release-ended' }
    }
    default:
      return task satisfies never
  }
}

async function release(asked: ReleaseAsked, { api }: TaskParts): Promise<BoxAnswer> {
  const granted = await api.grantRelease(asked)
  if (!isFailure(granted)) {
    const { id, group, kind, target: value, reason, who, grantedAt, endsAt } = granted
    const told = { id, group, target: { kind, value }, reason, who, grantedAt, endsAt }
    return { kind: 'released', release: told }
  }
  if (!('about' in granted)) return failed(granted)
  return { kind: 'release-refused', about: granted.about, detail: granted.detail }
}

function check(
  { rules, timetable }: Extract<BoxTask, { kind: 'check' }>,
  parts: TaskParts,
): BoxAnswer {
  const { problems } = checkRules(rules, parts.keeper)
  return { kind: 'checked', problems: [...problems, ...parts.timetable.check(timetable)] }
}

async function preview(
  told: Extract<BoxTask, { kind: 'preview' }>['rules'],
  parts: TaskParts,
): Promise<BoxAnswer> {
  const found = await previewRules(readRules(told).rules, parts)
  return isFailure(found) ? failed(found) : { kind: 'previewed', ...found }
}

async function why(asked: WhyAsked, { api }: TaskParts): Promise<BoxAnswer> {
  const explanation = await api.explain(asked)
  return isFailure(explanation) ? failed(explanation) : { kind: 'explained', why: explanation }
}

function failed({ detail }: Failure): BoxAnswer {
  return { kind: 'failed', detail }
}
