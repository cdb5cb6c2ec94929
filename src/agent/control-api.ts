import { isFailure } from '#domain/failure.ts'
import { contains, parseAddress } from '#domain/ip-address.ts'
import { compileView } from '#rules/policy-view.ts'
import type { AnswerCache } from './cache/answer-cache.ts'
import type { AgentStatus, ControlApi } from './control/control-api.ts'
import { type ExplainParts, explain } from './explain.ts'
import type { Client } from './identity/client.ts'
import type { Listener } from './listen/listener.ts'
import type { PolicyKeeper } from './policy-keeper.ts'
import type { AskUpstream } from './stages/forward.ts'
import { makeStatusReport, type ReportParts } from './status-report.ts'

export interface ControlParts extends ReportParts {
  readonly cache: AnswerCache
  readonly ask: AskUpstream
  readonly listeners: readonly Listener[]
  readonly metricsUrl: string
  readonly capture: AgentStatus['capture']
}

/** What the command line may ask of a running agent. */
export function makeControlApi(parts: ControlParts): ControlApi {
  const { outbox, keeper, cache, ask, clock } = parts
  return {
    status: () => Promise.resolve(agentStatus(parts)),
    explain: (request) =>
      explain(request, {
        policy: keeper.slot.current,
        cache,
        ask,
        clock,
        clientOfGroup: (group) => clientOfGroup(group, keeper),
        schoolRules: schoolRulesOf(keeper),
        networkName: (address) => networkName(address, keeper),
      }),
    eventCounts: async () => {
      const rows = await outbox.counts()
      return isFailure(rows) ? rows : { rows, waiting: outbox.counters().waiting }
    },
    revealEvents: async (request) => {
      const events = await outbox.reveal(request)
      return isFailure(events) ? events : { events }
    },
  }
}

function agentStatus(parts: ControlParts): AgentStatus {
  const { keeper, listeners, metricsUrl, capture, outbox } = parts
  const { metrics: _, ...report } = makeStatusReport(parts, [])
  const { file, notes } = keeper.config
  const reasons = degradedReasons(parts)
  const { storing, shipping } = outbox.counters()
  if (storing.state === 'failing') reasons.push(`events are not being stored: ${storing.text}`)
  if (shipping.state === 'failing')
    reasons.push(`events do not reach the collector: ${shipping.text}`)
  return {
    ...report,
    state: reasons.length > 0 ? 'degraded' : 'ok',
    reasons,
    config: { ...(file === undefined ? {} : { file }), refused: keeper.refused, notes },
    listeners: listeners.map(({ transport, address, port }) => ({ transport, address, port })),
    metricsUrl,
    capture,
  }
}

function degradedReasons({ keeper, link, outbox }: ControlParts): string[] {
  const reasons: string[] = []
  const { state, detail } = link().status()
  if (keeper.config.upstreams.length === 0)
    reasons.push('no upstream resolver is configured and /etc/resolv.conf names none')
  else if (state === 'down' || state === 'degraded') reasons.push(`the link is ${state}: ${detail}`)
  if (keeper.refused.length > 0)
    reasons.push('the newest configuration was refused; the old one is in force')
  const { dropped } = outbox.counters()
  if (dropped > 0) reasons.push(`${dropped} events could not be kept`)
  return reasons
}

function schoolRulesOf({ config }: PolicyKeeper): ExplainParts['schoolRules'] {
  return [
    ...config.schoolAllow.map(({ name, reason }) => ({
      kind: 'school-allow' as const,
      name,
      reason,
    })),
    ...config.schoolDeny.map(({ name, reason }) => ({
      kind: 'school-deny' as const,
      name,
      reason,
    })),
  ]
}

function networkName(address: string, { config }: PolicyKeeper): string | undefined {
  const bytes = parseAddress(address)
  return bytes && config.networks.find(({ network }) => contains(network, bytes))?.name
}

/** A made-up client for questions about a whole group. */
function clientOfGroup(group: string, keeper: PolicyKeeper): Client | undefined {
  const policy = keeper.config.groups.get(group)
  if (!policy) return undefined
  return { address: 'any', group, view: compileView(keeper.rules, policy), source: 'network' }
}
