import { alertHistory } from '#console/words/alert-history.ts'
import { alertProblems as words } from '#console/words/alert-problems.ts'
import { fill } from '#console/words/fill.ts'
import { type Failure, failure, isFailure } from '#domain/failure.ts'
import { newRandomId } from '#platform/random.ts'
import { themeTitle } from '#rules/themes.ts'
import { NEVER_SET_ASIDE } from '#safeguarding/judge.ts'
import type { ThemeCommand } from './alert-command.ts'
import type { Learning } from './learning.ts'
import type { RaiseDeps } from './raise-alert.ts'
import type { SnoozeTable } from './snooze-table.ts'

export type ThemeAsked = ThemeCommand & { readonly tenant: string }
export type ThemeFailure =
  | 'missing'
  | 'too-long'
  | 'not-allowed'
  | 'no-proposal'
  | 'too-many'
  | 'not-running'

export interface ThemeDeps extends Pick<RaiseDeps, 'settings' | 'addHistory'> {
  readonly snoozes: SnoozeTable
  readonly learning: Learning
}

/** What people do to a theme as a whole; undefined when it is done. Call inside a transaction, which a failure must undo. */
export function actOnTheme(
  deps: ThemeDeps,
  asked: ThemeAsked,
  who: string,
  nowMs: number,
): Failure<ThemeFailure> | undefined {
  const { limits } = deps.settings
  if (who.trim() === '') return failure('missing', words.whoMissing)
  if (asked.kind === 'end-snooze') return endSnooze(deps, asked, who, nowMs)
  if (asked.reason.trim() === '') return failure('missing', words.theme.reasonMissing)
  if ([who, asked.reason].some((text) => text.length > limits.textMax))
    return failure('too-long', fill(words.textTooLong, { max: limits.textMax }))
  if (asked.kind === 'snooze') return snooze(deps, asked, who, nowMs)
  const { tenant, theme, reason } = asked
  const state = asked.kind === 'accept-demotion' ? 'accepted' : 'refused'
  const decided = deps.learning.decide(tenant, theme, { state, who, reason, nowMs })
  if (isFailure(decided)) return decided
  deps.addHistory({
    tenant,
    alert: `theme:${theme}`,
    at: nowMs,
    who,
    change: state === 'accepted' ? 'demotion-accepted' : 'demotion-refused',
    why: reason,
    facts: { theme, labels: decided.labels, concerns: decided.concerns },
  })
  return undefined
}

function snooze(
  { settings, snoozes, addHistory }: ThemeDeps,
  asked: Extract<ThemeAsked, { kind: 'snooze' }>,
  who: string,
  nowMs: number,
): Failure<ThemeFailure> | undefined {
  const { limits } = settings
  const { tenant, theme, group, untilMs, reason } = asked
  // No lesson asks for these; they are told whatever is taught.
  if (NEVER_SET_ASIDE.includes(theme))
    return failure('not-allowed', fill(words.theme.never, { theme: themeTitle(theme) }))
  if (group.trim() === '') return failure('missing', words.theme.groupMissing)
  if (!(untilMs > nowMs)) return failure('missing', words.theme.endMissing)
  if (untilMs - nowMs > limits.snoozeMaxMs)
    return failure(
      'not-allowed',
      fill(words.theme.tooLong, { hours: limits.snoozeMaxMs / 3_600_000 }),
    )
  if (snoozes.running(tenant, nowMs, limits.snoozesMax).length >= limits.snoozesMax)
    return failure('too-many', fill(words.theme.tooMany, { max: limits.snoozesMax }))
  const id = newRandomId()
  snoozes.add({ tenant, id, theme, group, fromAt: nowMs, untilAt: untilMs, who, reason })
  addHistory({
    tenant,
    alert: `theme:${theme}`,
    at: nowMs,
    who,
    change: 'snoozed',
    why: reason,
    facts: { theme, group, untilMs },
  })
  return undefined
}

function endSnooze(
  { snoozes, addHistory }: ThemeDeps,
  { tenant, snooze: id }: Extract<ThemeAsked, { kind: 'end-snooze' }>,
  who: string,
  nowMs: number,
): Failure<ThemeFailure> | undefined {
  const ended = snoozes.end(tenant, id, nowMs)
  if (ended === undefined) return failure('not-running', words.theme.notRunning)
  const { theme, group } = ended
  addHistory({
    tenant,
    alert: `theme:${theme}`,
    at: nowMs,
    who,
    change: 'snooze-ended',
    why: alertHistory.endedEarly,
    facts: { theme, group },
  })
  return undefined
}
