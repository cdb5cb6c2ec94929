import { Counter, type Registry } from 'prom-client'
import type { CountVerdict } from '../stages/decide-by-policy.ts'

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
    const told = kind === 'block' || kind === 'monitor' ? (category ?? 'school') : 'none'
    const key = `${kind} ${told}`
    let child = children.get(key)
    if (!child) {
      child = verdicts.labels({ verdict: kind, category: told })
      children.set(key, child)
    }
    child.inc()
  }
}
