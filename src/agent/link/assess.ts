/**
 * From what probes found to what is at fault. Pure.
 *
 * The reasoning. A DNS answer, or a refusal by a host that is not this one, has crossed the line: the line stands. When all
 * upstreams fail, something else must say whether the line does:
 * - a target that answers, or an upstream that refuses: the line stands, so the upstreams are at fault;
 * - no carrier, no route, no gateway, or a router that used to answer and does not: the line is at fault;
 * - targets are configured and all of them fail as well: the line is at fault, behind a router that may well answer;
 * - no target is configured and the router answers (or never did): two or more upstreams do not die in the same
 *   moment, so the line is at fault; a single one is itself the likeliest fault, and the detail says that this is a guess.
 * What runs on this machine proves nothing about the line, whatever it answers.
 */
import type { LinkCause, LinkState } from '#domain/event.ts'
import type { GatewayState } from './gateway-watch.ts'
import type { ProbeOutcome } from './probe-outcome.ts'

/** One upstream or target: what the newest probe found, and the last minute. */
export interface ProbeReading {
  readonly target: string
  /** It runs on this machine. */
  readonly isLocal: boolean
  readonly outcome: ProbeOutcome
  /** Probes in the last minute, and the part of them that was lost. */
  readonly sent: number
  readonly lossRatio: number
  readonly meanRttMs: number | undefined
}

export interface LinkEvidence {
  readonly upstreams: readonly ProbeReading[]
  readonly targets: readonly ProbeReading[]
  readonly hasNetwork: boolean
  readonly gateway: GatewayState
}

export interface AssessLimits {
  /** From this loss in the last minute on, the link is degraded; 0 to 1. */
  readonly lossRatioMax: number
  /** So is it beyond this mean round trip in the last minute. */
  readonly rttMsMax: number
  /** Fewer probes than this say nothing about loss. */
  readonly lossProbesMin: number
}

export interface Assessment {
  readonly state: LinkState
  readonly cause: LinkCause
  readonly detail: string
}

/** Says how the link is and whose fault it is. */
export function assess(evidence: LinkEvidence, limits: AssessLimits): Assessment {
  const { upstreams, targets } = evidence
  if (upstreams.length + targets.length === 0)
    return {
      state: 'unknown',
      cause: 'none',
      detail: 'there is no upstream and no target to probe',
    }
  if (upstreams.length === 0) return assessTargets(evidence)
  if (!upstreams.some(isReached)) return assessSilence(evidence)
  const beyond = [...targets, ...upstreams].filter(isRemote)
  if (beyond.length > 0 && !beyond.some(isThere))
    return down('line', 'only what runs on this machine answers; nothing beyond it does')
  return assessPartly(evidence) ?? assessQuality(upstreams, limits)
}

function assessTargets({ targets, hasNetwork }: LinkEvidence): Assessment {
  if (targets.some(isThere)) return up('no upstream is configured; targets answer')
  return down('line', hasNetwork ? 'no target answers' : 'no network interface has a connection')
}

/** No upstream answers: finds the one piece of evidence that says most. */
function assessSilence({ upstreams, targets, hasNetwork, gateway }: LinkEvidence): Assessment {
  const remote = upstreams.filter(isRemote)
  const remoteTargets = targets.filter(isRemote)
  const target = remoteTargets.find(isThere)
  if (target) return down('upstream', `no upstream answers, but ${target.target} does`)
  const refusing = remote.find(isThere)
  if (refusing) return down('upstream', `${refusing.target} is there but refuses DNS`)
  if (remote.length + remoteTargets.length === 0)
    return down('upstream', 'the resolver on this machine does not answer')
  if (!hasNetwork) return down('line', 'no network interface has a connection')
  if (remote.length > 0 && remote.every(({ outcome }) => outcome.kind === 'unreachable'))
    return down('line', 'there is no route to any upstream')
  if (gateway === 'none') return down('line', 'there is no default route')
  if (gateway === 'silent') return down('line', 'the router does not answer')
  if (remoteTargets.length > 0) return down('line', 'no upstream and no target answers')
  if (remote.length > 1) return down('line', 'several upstreams stopped answering together')
  return down(
    'upstream',
    'the only upstream is silent; without a link target this cannot be told from a cut line',
  )
}

function assessPartly({ upstreams, targets }: LinkEvidence): Assessment | undefined {
  const failing = upstreams.filter((reading) => !isReached(reading))
  if (failing.length > 0) {
    const names = failing.map(({ target }) => target).join(', ')
    return degraded('upstream', `${failing.length} of ${upstreams.length} upstreams fail: ${names}`)
  }
  if (targets.length > 0 && !targets.some(isThere))
    return degraded('line', 'upstreams answer, but no target can be connected to')
  return undefined
}

function assessQuality(upstreams: readonly ProbeReading[], limits: AssessLimits): Assessment {
  const lossy = upstreams.filter(
    ({ sent, lossRatio }) => sent >= limits.lossProbesMin && lossRatio >= limits.lossRatioMax,
  )
  if (lossy.length > 0) {
    const worst = Math.max(...lossy.map(({ lossRatio }) => lossRatio))
    return degraded(
      blame(lossy, upstreams),
      `${Math.round(worst * 100)}% of probes lost in the last minute`,
    )
  }
  const slow = upstreams.filter(({ meanRttMs }) => (meanRttMs ?? 0) > limits.rttMsMax)
  if (slow.length > 0) {
    const worst = Math.max(...slow.map(({ meanRttMs }) => meanRttMs ?? 0))
    return degraded(
      blame(slow, upstreams),
      `answers take ${Math.round(worst)} ms over the last minute`,
    )
  }
  return up('all upstreams answer')
}

/** What several upstreams suffer together is the line; what some do not suffer is not. A single one is blamed itself. */
function blame(suffering: readonly ProbeReading[], all: readonly ProbeReading[]): LinkCause {
  return suffering.length === all.length && all.length > 1 ? 'line' : 'upstream'
}

function isReached({ outcome }: ProbeReading): boolean {
  return outcome.kind === 'reached'
}

function isRemote({ isLocal }: ProbeReading): boolean {
  return !isLocal
}

/** The host is there, whether or not it serves. */
function isThere({ outcome }: ProbeReading): boolean {
  return outcome.kind === 'reached' || outcome.kind === 'refused'
}

function up(detail: string): Assessment {
  return { state: 'up', cause: 'none', detail }
}

function down(cause: LinkCause, detail: string): Assessment {
  return { state: 'down', cause, detail }
}

function degraded(cause: LinkCause, detail: string): Assessment {
  return { state: 'degraded', cause, detail }
}
