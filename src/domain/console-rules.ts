import type { TimetableState, TimetableTold } from './console-timetable.ts'
import type { ReleaseAsked, ReleaseField, ReleaseTold } from './release-told.ts'

/**
 * What people allow and deny in the console, on its way to boxes. A box calls out, for nobody can call it: it posts what it runs,
 * signed, and the collector holds the answer until there is something else to run, or something to do.
 */

/** POST a PolicyPoll; the answer is PolicyNews. */
export const POLICY_PATH = '/v1/policy'
/** POST a BoxReply; answered with 204. */
export const BOX_REPLY_PATH = '/v1/policy/replies'

/** The collector holds a poll for so long, unless there is news; then it answers that there is none. */
export const POLICY_HOLD_MS = 25_000
export const CONSOLE_RULES_MAX = 500
/** Of one poll and of one reply, in JSON. */
export const POLICY_POLL_BYTES_MAX = 131_072
export const BOX_REPLY_BYTES_MAX = 131_072
/** Of the news: every rule with the longest texts, twice. */
export const POLICY_NEWS_BYTES_MAX = 4_194_304
/** Of reasons and of whoever gave them. */
export const RULE_TEXT_MAX = 200
/** Tasks in one piece of news. */
export const TASKS_MAX = 32

/** One name, with all below it. */
export interface ConsoleRuleTold {
  readonly id: string
  readonly action: 'allow' | 'deny'
  /** Presentation form, lower case. */
  readonly name: string
  /** Empty: every group. */
  readonly groups: readonly string[]
  readonly reason: string
  readonly who: string
  /** Milliseconds since the epoch at which it goes out of force; absent: never. */
  readonly until?: number
}

/** One version, whole. */
export interface ConsoleRulesTold {
  /** Made with the version, so that one of another collector, or from before a restore, is never taken for it. */
  readonly id: string
  /** Counted from 1; for people. */
  readonly version: number
  readonly rules: readonly ConsoleRuleTold[]
  /** In place of the one of the box's own file; absent: that one counts. */
  readonly timetable?: TimetableTold
}

export interface PolicyPoll {
  readonly v: 1
  readonly appliance: string
  /** Absent where there is none. */
  readonly inForce?: { readonly id: string; readonly version: number }
  /** The newest version, where this box does not put it in force, and why, in words. */
  readonly refused?: { readonly id: string; readonly problems: readonly string[] }
  /** Names of the groups that it knows. */
  readonly groups: readonly string[]
  /** Absent where the box is too old to tell. */
  readonly timetable?: TimetableState
}

export interface PolicyNews {
  readonly v: 1
  /** Present where the box runs another version, and has not refused this one. */
  readonly rules?: ConsoleRulesTold
  readonly tasks: readonly BoxTask[]
}

/** A question about one look-up, as `supercloud-edge explain` asks it. */
export interface WhyAsked {
  readonly name: string
  readonly type: string
  /** An address; at most one of this and a group. */
  readonly client?: string
  readonly group?: string
  /** On the school's clocks, `2026-03-02T10:05`; now where it is absent. */
  readonly at?: string
}

/** What a box is asked to do; `task` names it in the reply. */
export type BoxTask =
  /** How many look-ups of its last days these rules would change, in place of those in force. */
  | {
      readonly kind: 'preview'
      readonly task: string
      readonly rules: readonly ConsoleRuleTold[]
    }
  /** Whether it would put these rules in force. */
  | {
      readonly kind: 'check'
      readonly task: string
      readonly rules: readonly ConsoleRuleTold[]
      readonly timetable?: TimetableTold
    }
  | { readonly kind: 'why'; readonly task: string; readonly asked: WhyAsked }
  | { readonly kind: 'release'; readonly task: string; readonly asked: ReleaseAsked }
  | {
      readonly kind: 'end-release'
      readonly task: string
      readonly release: string
      readonly who: string
    }
  /** Somebody's request to unblock is answered; whoever asked reads it on the block page. */
  | {
      readonly kind: 'close-request'
      readonly task: string
      readonly request: string
      readonly who: string
      readonly answer: string
    }

/** What would happen to a look-up, step by step; hostile text throughout. */
export interface WhyTold {
  readonly name: string
  readonly type: string
  readonly group: string
  /** The moment it is told for, on the school's clocks. */
  readonly time: string
  readonly stages: readonly { readonly stage: string; readonly say: string }[]
  /** `allow`, `block`, `monitor`, `rewrite` or `refused`. */
  readonly verdict: string
  /** Why, in plain words. */
  readonly reason: string
}

/** Numbers alone: neither who asked, nor what. */
export interface PreviewTold {
  /** By group, the most first: look-ups that would be decided otherwise. */
  readonly changes: readonly { readonly group: string; readonly lookups: number }[]
  /** Days looked back. */
  readonly days: number
  /** False where there were more look-ups than are looked at. */
  readonly isWhole: boolean
}

export type BoxAnswer =
  | ({ readonly kind: 'previewed' } & PreviewTold)
  /** Why it would not; empty where it would. */
  | { readonly kind: 'checked'; readonly problems: readonly string[] }
  | { readonly kind: 'explained'; readonly why: WhyTold }
  | { readonly kind: 'closed' }
  | { readonly kind: 'released'; readonly release: ReleaseTold }
  | {
      readonly kind: 'release-refused'
      readonly about: ReleaseField
      readonly detail: string
    }
  /** Also where it was over already. */
  | { readonly kind: 'release-ended' }
  /** In words for people. */
  | { readonly kind: 'failed'; readonly detail: string }

export interface BoxReply {
  readonly v: 1
  readonly appliance: string
  readonly task: string
  readonly answer: BoxAnswer
}
