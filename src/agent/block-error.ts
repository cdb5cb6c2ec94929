import { type BlockVerdict, NO_LIST } from '#rules/verdict.ts'
import { type ExtendedError, extendedError } from '#wire/answer-writer.ts'
import { EDE } from '#wire/constants.ts'

/** All that is said of what is locked. */
export const LOCKED_TEXT = 'blocked as the law requires'

/** For groups whose devices may show or log the text, where a name may mean a child at risk: `explain` tells the reason. */
export const NEUTRAL_ERROR: ExtendedError = extendedError(
  EDE.BLOCKED,
  'not available on this network',
)

/** Verdicts are made once and frozen, so each text is made once as well. */
const known = new WeakMap<BlockVerdict, ExtendedError>()

/**
 * What a block says of itself (RFC 8914): 15 is the filter's own decision, 16 is required from outside, 17 is what the
 * school asked for. The text names category and list, so that whoever mends a wrong block need not guess; of what is
 * locked it names nothing, and of a school's rule not the reason, which is written for staff.
 */
export function blockError(verdict: BlockVerdict): ExtendedError {
  const found = known.get(verdict)
  if (found) return found
  const error = extendedError(codeOf(verdict), textOf(verdict))
  known.set(verdict, error)
  return error
}

function codeOf({ reason }: BlockVerdict): number {
  if (reason === 'locked') return EDE.CENSORED
  return reason === 'school-deny' || reason === 'address' ? EDE.FILTERED : EDE.BLOCKED
}

/** A redirect is of a category; safe search is of none. */
function rewriteOf(category: BlockVerdict['category']): string {
  return category === undefined ? 'safe search' : 'where the school leads'
}

function textOf({ reason, category, list }: BlockVerdict): string {
  const from = list === NO_LIST ? '' : `, list ${list}`
  switch (reason) {
    case 'locked':
      return LOCKED_TEXT
    case 'bypass-floor':
    case 'category':
      return `blocked by school policy: ${category ?? 'no category'}${from}`
    case 'uncategorised':
      return 'blocked by school policy: in no list'
    case 'school-deny':
      return `denied by the school${from}`
    case 'address':
      return `leads to an address that the school denies${from}`
    case 'rebinding':
      return 'a public name with a private address'
    case 'rewrite-unavailable':
      return `${rewriteOf(category)} cannot be reached`
    case 'rewrite-signed':
      return `${rewriteOf(category)} needs an unsigned answer, and this zone is signed: ask without DO and CD`
    default:
      return reason satisfies never
  }
}
