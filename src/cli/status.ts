import { CONTROL_PATHS } from '#agent/control/control-api.ts'
import { isFailure } from '#domain/failure.ts'
import { lockedSentence } from '#domain/locked-status.ts'
import { type Clock, systemClock } from '#platform/clock.ts'
import { type Command, type Invocation, JSON_OPTION, STATE_OPTION, valueOf } from './command.ts'
import { ask, exitOf, whyNot } from './control-client.ts'
import { duration } from './duration.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { plural } from './plural.ts'
import { readReply } from './read-reply.ts'
import { releaseLine } from './release.ts'
import { signalRows } from './signal-rows.ts'
import { findState } from './state-folder.ts'
import {
  type LinkReply,
  type ListenerReply,
  type StatusReply,
  statusReply,
  type UpstreamReply,
} from './status-reply.ts'
import { printable, printableJson } from './terminal-text.ts'

export const statusCommand: Command = {
  usage: 'status [options]',
  about:
    'Tells how the agent on this machine is: whether it answers, by which policy, over which link.',
  options: { state: STATE_OPTION, json: JSON_OPTION },
  positionals: [0, 0],
  run: runStatus,
}

async function runStatus(invocation: Invocation): Promise<ExitCode> {
  const { environment, folder, say, complain } = invocation
  const { agentSocket: socket } = findState(valueOf(invocation, 'state'), environment, folder)
  const answer = await ask({ socket, method: 'GET', path: CONTROL_PATHS.status })
  const status = isFailure(answer) ? answer : readReply(statusReply, answer.reply)
  if (isFailure(status)) {
    complain(whyNot('agent', status))
    return exitOf(status)
  }
  if (!invocation.switches.has('json')) for (const line of statusLines(status)) say(line)
  else if (!isFailure(answer)) say(printableJson(answer.reply))
  return status.state === 'ok' ? EXIT.ok : EXIT.foundWrong
}

/** The status as lines of `what  words`. */
export function statusLines(status: StatusReply, clock: Clock = systemClock): readonly string[] {
  const { config, link, lists, outbox } = status
  const names = lists.reduce((sum, list) => sum + list.names, 0)
  const refused = lists.reduce((sum, list) => sum + list.refusedLines, 0)
  const age = (since: number): string => duration(clock.wallMs() - since)
  const rows: (readonly [string, string])[] = [
    ['state', status.state],
    ...status.reasons.map((reason) => ['', reason] as const),
    ['version', `${status.version} on Node ${status.node}, up ${age(status.startedAt)}`],
    ['policy', `${status.policy} from ${config.file ?? 'built-in defaults'}`],
    ['time', status.time.now],
    ...status.time.notes.map((note) => ['note', note] as const),
    ...status.releases.map((release) => ['released', releaseLine(release)] as const),
    ...config.refused.map((problem) => ['refused', problem] as const),
    ['listening', status.listeners.map(listenerText).join(', ')],
    ['metrics', status.metricsUrl],
    ...pageRows(status),
    ['link', `${link.state}${causeText(link)} for ${age(link.since)}`],
    ...recursorRow(status),
    ...link.upstreams.map((upstream) => ['upstream', upstreamText(upstream)] as const),
    ['lists', `${lists.length} with ${plural(names, 'name')}, ${plural(refused, 'line')} refused`],
    ['locked', lockedSentence(status.locked ?? { kind: 'none' }, clock.wallMs())],
    ['outbox', `${outbox.waiting} waiting, ${outbox.dropped} dropped`],
    ...identityRow(status),
    ...signalRows(status),
    ['capture', `${status.capture.state}: ${status.capture.detail}`],
  ]
  for (const theme of status.themesWithoutList)
    rows.push(['cannot see', `No list installed: this box cannot notice ${theme}.`])
  for (const { at, part, text } of status.faults)
    rows.push(['fault', `${new Date(at).toISOString()} ${part}: ${text}`])
  return rows.map(([what, words]) => `${what.padEnd(12)}${printable(words)}`)
}

function pageRows({ page, openRequests, selftest }: StatusReply): (readonly [string, string])[] {
  const parts = page.parts.map(({ part, detail }) => (detail === '' ? part : `${part} (${detail})`))
  const words =
    selftest && `${selftest.failed} failed, ${selftest.unknown} unknown, ${selftest.passed} passed`
  return [
    ['block page', page.state === 'off' ? 'off' : `${page.state}: ${parts.join(', ')}`],
    ['requests', `${openRequests} open`],
    ['selftest', selftest ? `${words} at ${new Date(selftest.at).toISOString()}` : 'not run yet'],
  ]
}

/** Nothing where there is none, as at most schools. */
function recursorRow({ recursor }: StatusReply): (readonly [string, string])[] {
  if (!recursor || recursor.state === 'off') return []
  return [['recursor', `${recursor.state}: ${recursor.detail}`]]
}

/** Who asks, in shares of the last hour or two. */
function identityRow({ identity }: StatusReply): (readonly [string, string])[] {
  if (!identity) return []
  const { devices, people, queries } = identity
  const all = Object.values(queries).reduce((sum, count) => sum + count, 0)
  const shares = Object.entries(queries).map(
    ([band, count]) => `${Math.round((count / Math.max(1, all)) * 100)} % ${band}`,
  )
  const known = `${plural(devices, 'device')} known, ${plural(people, 'logon')}`
  return [['identity', all === 0 ? known : `${known}; who asks: ${shares.join(', ')}`]]
}

function causeText({ cause, detail }: LinkReply): string {
  return cause === 'none' ? '' : ` (${cause}: ${detail})`
}

function listenerText({ transport, address, port }: ListenerReply): string {
  return `${transport} ${address.includes(':') ? `[${address}]` : address}:${port}`
}

function upstreamText(upstream: UpstreamReply): string {
  const { target, state, rttMs, lossRatio } = upstream
  const rtt = rttMs === undefined ? '' : `, ${Math.round(rttMs)} ms`
  return `${target} ${state}${rtt}, ${Math.round(lossRatio * 100)} % lost`
}
