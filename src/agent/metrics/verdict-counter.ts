import { Counter, type Registry } from 'prom-client'
import { VERDICT_KINDS, type Verdict } from '#rules/verdict.ts'

/** Counts verdicts of a kind; the category is told or not, as their kind has it. */
export type AddVerdicts = (
  kind: Verdict['kind'],
  category: string | undefined,
  count: number,
) => void

/** `rewrite` is told by category where a redirect made it; of safe search there is none. */
const TOLD: ReadonlySet<Verdict['kind']> = new Set(['block', 'monitor', 'rewrite'])

/**
 * Registers the count of verdicts. The category is told where a verdict blocks, monitors or redirects; what is allowed is one
 * number, so that nothing counts visits to help sites.
 */
export function makeVerdictCounter(registry: Registry): AddVerdicts {
  const verdicts = new Counter({
    name: 'edge_policy_verdicts_total',
    help: 'Verdicts on the names asked, by kind and, where blocked or monitored, by category',
    labelNames: ['verdict', 'category'],
    registers: [registry],
  })
  const children = new Map(
    VERDICT_KINDS.map((kind) => [kind, new Map<string, { inc: (count: number) => void }>()]),
  )
  return (kind, category, count) => {
    const told = TOLD.has(kind) && category ? category : kind === 'block' ? 'school' : 'none'
    const ofKind = children.get(kind)
    let child = ofKind?.get(told)
    if (!child) {
      child = verdicts.labels({ verdict: kind, category: told })
      ofKind?.set(told, child)
    }
    child.inc(count)
  }
}
