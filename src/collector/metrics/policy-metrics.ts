import { Gauge, type Registry } from 'prom-client'
import type { Clock } from '#platform/clock.ts'
import type { Policy } from '../policy/policy.ts'
import { addGauge } from './add-gauge.ts'

const BOX_STATES = ['current', 'older', 'refused', 'away'] as const
type BoxState = (typeof BOX_STATES)[number]

/** Registers how the policy stands; read when somebody scrapes. */
export function registerPolicyMetrics(
  registry: Registry,
  policy: Policy,
  { appliances, clock }: { readonly appliances: () => readonly string[]; readonly clock: Clock },
): void {
  addGauge(registry, {
    name: 'edge_collector_policy_version',
    help: 'Newest version of what is allowed and blocked in the console; 0 for none.',
    read: () => policy.versions.current()?.version ?? 0,
  })
  addGauge(registry, {
    name: 'edge_collector_policy_lines',
    help: 'Boxes that wait for news of the policy now.',
    read: policy.line.held,
  })
  addGauge(registry, {
    name: 'edge_collector_unblock_requests_open',
    help: 'Requests to unblock that wait for an answer.',
    read: () => policy.requests.open(clock.wallMs()).length,
  })
  const boxes: Gauge<'state'> = new Gauge({
    name: 'edge_collector_policy_boxes',
    help: 'Enrolled boxes by what they make of the newest version of the policy.',
    labelNames: ['state'],
    registers: [registry],
    collect: () => {
      const states = appliances().map((appliance) => stateOf(appliance, policy))
      for (const state of BOX_STATES)
        boxes.set({ state }, states.filter((one) => one === state).length)
    },
  })
}

function stateOf(appliance: string, { line, boxes, versions }: Policy): BoxState {
  const current = versions.current()
  const box = boxes.all().get(appliance)
  if (current !== undefined && box?.refused === current.id) return 'refused'
  if (!line.isPresent(appliance)) return 'away'
  return current === undefined || box?.inForce === current.id ? 'current' : 'older'
}
