import { isAllowLocked, isBypass, isLocked } from './categories.ts'
import type { RuleEffect } from './list.ts'

/**
 * Which rules must not be lost when a name has more than fit: the higher stays. It follows the order of precedence as far as that
 * is the same for every group.
 */
export function effectStrength(effect: RuleEffect): number {
  switch (effect.kind) {
    case 'categorise':
      if (isLocked(effect.category)) return 6
      if (isAllowLocked(effect.category)) return 5
      return isBypass(effect.category) ? 4 : 1
    case 'school-deny':
    case 'school-allow':
      return 3
    case 'rewrite':
      return 2
    case 'tcp-only':
    case 'local-data':
      return 1
    case 'except':
      return 0
    default:
      return effect satisfies never
  }
}
