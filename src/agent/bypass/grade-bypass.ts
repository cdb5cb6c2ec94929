import type { BypassSign } from '#domain/bypass-event.ts'
import { BYPASS_RULES, type BypassNeed, type BypassRule, WEAKEST_RULE } from './bypass-rules.ts'

/** What is known of one sign, for the rules. */
export interface SignFigures {
  /** Lookups or packets that are not background. */
  readonly foreground: number
  /** Different names or servers among them, counted up to a few. */
  readonly different: number
}

export type FiguresOf = (sign: BypassSign) => SignFigures | undefined

/** The rule that gives the grade. Pure. */
export function gradeBypass(
  figuresOf: FiguresOf,
  rules: readonly BypassRule[] = BYPASS_RULES,
): Pick<BypassRule, 'id' | 'grade'> {
  return rules.find(({ needs }) => needs.every((need) => isMet(need, figuresOf))) ?? WEAKEST_RULE
}

function isMet({ signs, of, atLeast }: BypassNeed, figuresOf: FiguresOf): boolean {
  const sum = signs.reduce((all, sign) => {
    const figures = figuresOf(sign)
    if (!figures) return all
    return all + (of === 'count' ? figures.foreground : figures.different)
  }, 0)
  return sum >= atLeast
}
