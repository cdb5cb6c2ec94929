import { Counter, type Registry } from 'prom-client'
import type { Verdict } from '#rules/verdict.ts'
import type { CountVerdict } from '../stages/decide-by-policy.ts'

/** `rewrite` is told by category where a redirect made it; of safe search there is none. */
const TOLD: ReadonlySet<Verdict['kind']> = new Set(['block', 'monitor', 'rewrite'])

/**
 * Registers the count of verdicts. The category is told where a verdict blocks or monitors; what is allowed is one
 * number, so that nothing counts visits to help sites.
 */
export function makeVerdictMetric(registry: Registry): CountVerdict {
  const verdicts = new Counter({
    name: 'edge_policy_verdicts_total',
    help: 'Verdicts on the names asked, by kind and, where blocked or monitored, by category',
    labelNames: ['verdict', 'category'],
    registers: [registry],
  })
  const children = new Map<string, { inc: () => void }>()
  return ({ kind, category }) => {
    const told = TOLD.has(kind) && category ? category : kind === 'block' ? 'school' : 'none'
    const key = `${kind} ${told}`
    let child = children.get(key)
    if (!child) {
      child = verdicts.labels({ verdict: kind, category: told })
      children.set(key, child)
    }
    child.inc()
  }
}
