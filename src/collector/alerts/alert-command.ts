import type { ThemeId } from '#rules/themes.ts'
import type { Decision } from './decision.ts'

/** What may be done to one alert; `why` in words where the transition table asks for it. */
export type AlertCommand =
  | { readonly kind: 'acknowledge' | 'review' | 'information-came' }
  | { readonly kind: 'decide'; readonly decision: Decision; readonly reason: string }
  | { readonly kind: 'act'; readonly action: string }
  /** What is absent stays as it was decided before. */
  | {
      readonly kind: 'close'
      readonly decision?: Decision | undefined
      readonly reason?: string | undefined
      readonly action?: string | undefined
      readonly outcome?: string | undefined
      readonly caseReference?: string | undefined
    }
  | { readonly kind: 'assign'; readonly to: string }
  | { readonly kind: 'await-information'; readonly what: string }
  | { readonly kind: 'escalate'; readonly to: string; readonly why: string }
  /** Stays in the history; changes nothing else. */
  | { readonly kind: 'note'; readonly text: string }
  | { readonly kind: 'reopen' | 'hold' | 'release-hold'; readonly why: string }
  /** Its events go to `into`, and it is closed. */
  | { readonly kind: 'merge'; readonly into: string; readonly why: string }
  /** Some of its events become an alert of their own. */
  | { readonly kind: 'split'; readonly events: readonly string[]; readonly why: string }

export type CommandKind = AlertCommand['kind']

/** What may be done of a theme as a whole. */
export type ThemeCommand =
  | {
      readonly kind: 'snooze'
      readonly theme: ThemeId
      readonly group: string
      readonly untilMs: number
      readonly reason: string
    }
  /** A lesson that is over before its time. */
  | { readonly kind: 'end-snooze'; readonly snooze: string }
  | {
      readonly kind: 'accept-demotion' | 'refuse-demotion'
      readonly theme: ThemeId
      readonly reason: string
    }
