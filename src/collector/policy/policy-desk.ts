import { boxes as words } from '#console/words/boxes.ts'
import { fill } from '#console/words/fill.ts'
import { policy } from '#console/words/policy.ts'
import { requests as ofRequests } from '#console/words/requests.ts'
import {
  type BoxAnswer,
  type BoxTask,
  CONSOLE_RULES_MAX,
  type ConsoleRulesTold,
  type ConsoleRuleTold,
  type PolicyNews,
  type PolicyPoll,
  type PreviewTold,
  TASKS_MAX,
} from '#domain/console-rules.ts'
import type { TimetableTold } from '#domain/console-timetable.ts'
import { type Failure, failure } from '#domain/failure.ts'
import type { Clock } from '#platform/clock.ts'
import { categoryOf, isGrave } from '#rules/categories.ts'
import type { BoxLine } from './box-line.ts'
import type { PolicyBoxes } from './policy-boxes.ts'
import type { PolicyContent, PolicyVersion, PolicyVersions } from './policy-versions.ts'
import type { Decision, OpenRequest, UnblockRequests } from './unblock-requests.ts'

/** Whoever presses a button waits so long for boxes to look at the rules: from memory, and at days of look-ups. */
const CHECK_MS = 3000
const PREVIEW_MS = 15_000
/** Boxes that are asked for one preview, or one check. */
const BOXES_ASKED_MAX = 20
/** An answer to a request that a box has not confirmed is sent again after this. */
const SEND_AGAIN_MS = 60_000
/** Before the name of the request, in the names of tasks. */
const CLOSING = 'close-'

export interface PolicyDeskParts {
  readonly versions: PolicyVersions
  readonly boxes: PolicyBoxes
  readonly requests: UnblockRequests
  readonly line: BoxLine
  readonly clock: Clock
  /** Ids of the tenant's boxes. */
  readonly appliances: () => readonly string[]
}

/** Who changes something, and why. */
export interface Change {
  readonly who: string
  readonly why: string
}

/** Makes something new of what is in force. */
export type Edit = (now: PolicyContent) => PolicyContent

/** One more, which takes the place of its like. */
export function withRule(rule: ConsoleRuleTold): Edit {
  return ({ rules, ...rest }) => ({
    ...rest,
    rules: [...rules.filter((one) => likenessOf(one) !== likenessOf(rule)), rule],
  })
}

export function withoutRule({ id }: Pick<ConsoleRuleTold, 'id'>): Edit {
  return ({ rules, ...rest }) => ({ ...rest, rules: rules.filter((one) => one.id !== id) })
}

/** Undefined: boxes go by their own files. */
export function withTimetable(timetable: TimetableTold | undefined): Edit {
  return ({ rules }) => ({ rules, ...(timetable && { timetable }) })
}

export function backTo({ rules, timetable }: PolicyContent): Edit {
  return () => ({ rules, ...(timetable && { timetable }) })
}

/** Previews by box; `away` where it could not be asked, words where it could not say. */
export type Preview = readonly {
  readonly appliance: string
  readonly told: PreviewTold | 'away' | Failure
}[]

/** What people do to the policy, and what boxes ask and say. */
export interface PolicyDesk {
  /** Durable, and on its way, when it resolves. The failure says why boxes would refuse it. */
  readonly save: (
    edit: Edit,
    change: Change,
  ) => Promise<PolicyVersion | Failure<'refused' | 'too-many'>>
  readonly preview: (edit: Edit) => Promise<Preview>
  /** Why boxes would refuse it; undefined where none of those that are reached would. */
  readonly check: (edit: Edit) => Promise<Failure<'refused'> | undefined>
  /** Answers a request to unblock; a grant is saved before. */
  readonly answerRequest: (decision: Decision & { readonly isGranted: boolean }) => void
  /** Held until there is news, or its time is over. */
  readonly poll: (poll: PolicyPoll, isGone: Promise<unknown>) => Promise<PolicyNews>
  readonly reply: (appliance: string, task: string, answer: BoxAnswer) => void
}

export function makePolicyDesk(parts: PolicyDeskParts): PolicyDesk {
  const { versions, boxes, requests, line, clock } = parts
  // Bounded by the answers that wait for each box.
  const sentAt = new Map<string, number>()
  // What is over is left out of whatever comes next; who made the version before, when and why stays with that.
  const edited = (edit: Edit): PolicyContent => {
    const { rules, timetable } = edit(versions.current() ?? { rules: [] })
    const inForce = rules.filter(({ until = Infinity }) => until > clock.wallMs())
    return { rules: inForce, ...(timetable && { timetable }) }
  }
  return {
    save: async (edit, { who, why }) => {
      if (edited(edit).rules.length > CONSOLE_RULES_MAX)
        return failure('too-many', fill(policy.problems.tooMany, { count: CONSOLE_RULES_MAX }))
      const refusal = await refusalOf(edited(edit), parts)
      if (refusal) return refusal
      // Made anew: somebody else may have saved while boxes looked at it.
      const made = versions.add({ at: clock.wallMs(), who, why, ...edited(edit) })
      line.wake()
      return made
    },
    preview: (edit) => previewAt(edited(edit).rules, parts),
    check: (edit) => refusalOf(edited(edit), parts),
    answerRequest: (decision) => {
      requests.decide(decision, clock.wallMs())
      line.wake()
    },
    poll: (poll, isGone) => {
      boxes.note(poll, clock.wallMs())
      return line.hold(poll.appliance, () => newsFor(poll, parts, sentAt), isGone)
    },
    reply: (appliance, task, answer) => {
      if (!task.startsWith(CLOSING)) return line.reply(appliance, task, answer)
      sentAt.delete(`${appliance} ${task}`)
      if (answer.kind === 'closed')
        requests.told(appliance, task.slice(CLOSING.length), clock.wallMs())
      return undefined
    },
  }
}

/** Why a request may not be granted here; undefined where it may. */
export function grantRefusal({ category }: OpenRequest): string | undefined {
  const known = category === undefined ? undefined : categoryOf(category)
  return known && isGrave(known.id)
    ? fill(ofRequests.problems.never, { category: known.title.toLowerCase() })
    : undefined
}

/** Two rules that are alike in this are one: the newer takes the older's place. */
function likenessOf({ name, groups }: ConsoleRuleTold): string {
  return JSON.stringify([name, groups.toSorted()])
}

function newsFor(
  { appliance, inForce, refused }: PolicyPoll,
  { versions, requests, clock }: PolicyDeskParts,
  sentAt: Map<string, number>,
): PolicyNews {
  const current = versions.current()
  const isNew = current && current.id !== inForce?.id && current.id !== refused?.id
  const nowMs = clock.monotonicMs()
  const due = requests
    .untold(appliance)
    .map(closingTask)
    .filter(({ task }) => nowMs - (sentAt.get(`${appliance} ${task}`) ?? -Infinity) > SEND_AGAIN_MS)
    .slice(0, TASKS_MAX)
  for (const { task } of due) sentAt.set(`${appliance} ${task}`, nowMs)
  const rules = current && told(current)
  return { v: 1, ...(isNew && rules && { rules }), tasks: due }
}

function told({ id, version, rules, timetable }: PolicyVersion): ConsoleRulesTold {
  return { id, version, rules, ...(timetable && { timetable }) }
}

function closingTask({ request, who, answer }: Decision): BoxTask {
  return { kind: 'close-request', task: `${CLOSING}${request}`, request, who, answer }
}

/** Boxes that are away decide when they come back: what they refuse is shown then. */
async function refusalOf(
  { rules, timetable }: PolicyContent,
  { line, appliances }: PolicyDeskParts,
): Promise<Failure<'refused'> | undefined> {
  const present = appliances().filter(line.isPresent).slice(0, BOXES_ASKED_MAX)
  const asked = { kind: 'check', rules, ...(timetable && { timetable }) } as const
  const answers = await Promise.all(
    present.map((appliance) => line.ask(appliance, asked, CHECK_MS)),
  )
  const problems = answers.flatMap((answer) =>
    answer !== 'away' && answer.kind === 'checked' ? answer.problems : [],
  )
  return problems.length > 0 ? failure('refused', [...new Set(problems)].join('; ')) : undefined
}

async function previewAt(
  rules: readonly ConsoleRuleTold[],
  { line, appliances }: PolicyDeskParts,
): Promise<Preview> {
  return Promise.all(
    appliances()
      .slice(0, BOXES_ASKED_MAX)
      .map(async (appliance) => {
        const answer = await line.ask(appliance, { kind: 'preview', rules }, PREVIEW_MS)
        if (answer === 'away') return { appliance, told: answer }
        if (answer.kind === 'previewed') return { appliance, told: answer }
        const detail = answer.kind === 'failed' ? answer.detail : words.strangeAnswer
        return { appliance, told: failure('no-preview', detail) }
      }),
  )
}
