import { makeRules } from '#test/support/test-rules.ts'
import { benchPipeline } from './pipeline.ts'

const names = Array.from(
  { length: 1_000_000 },
  (_, i) => `site${(Math.imul(i, 2654435761) >>> 0).toString(36)}.${['com', 'net', 'org'][i % 3]}`,
)
const rules = makeRules(names.map((n) => [n, 'adult.porn'] as const))
const picks = Array.from({ length: 20_000 }, (_, i) => names[(i * 48271) % names.length]!)
await benchPipeline(rules, picks)
