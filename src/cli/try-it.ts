import type { AgentStatus } from '#agent/control/control-api.ts'
import { printable } from './terminal-text.ts'

/** Names to try: one that anybody may look up, one blocked for everybody, one rewritten to its safe form. */
export const TRY_NAMES = {
  answered: 'www.example.org',
  /** RFC 6761 section 6.3: answered without an upstream. */
  answeredOffline: 'localhost',
  /** Firefox asks for it to learn whether it may go round the local resolver. */
  blocked: 'use-application-dns.net',
  rewritten: 'www.google.com',
} as const

export interface TryItFacts {
  readonly listeners: readonly { readonly address: string; readonly port: number }[]
  readonly hasUpstream: boolean
  /** Undefined while the collector does not run. */
  readonly console:
    | {
        readonly url: string
        /** The one-time code, or the command that makes one. */
        readonly signIn: { readonly code: string } | { readonly command: string }
      }
    | undefined
  readonly capture: AgentStatus['capture']
  /** Absolute path of the configuration, or undefined for the built-in defaults. */
  readonly configFile: string | undefined
}

/** What to tell once everything runs: how to see it work, how to get in, and what is off. */
export function tryItLines(facts: TryItFacts): readonly string[] {
  const { hasUpstream } = facts
  const answered = hasUpstream ? TRY_NAMES.answered : TRY_NAMES.answeredOffline
  return [
    'SuperCloud Edge is running. Try it:',
    `  ${digOf(facts, answered)}    is answered`,
    `  ${digOf(facts, TRY_NAMES.blocked)}    is blocked`,
    `  ${digOf(facts, TRY_NAMES.rewritten)}    becomes its safe search`,
    consoleLine(facts.console),
    ...offLines(facts).map((line) => `off: ${line}`),
    `configuration: ${configText(facts.configFile)}`,
  ]
}

function consoleLine(found: TryItFacts['console']): string {
  if (!found) return 'console: off (the collector does not run; events wait until it does)'
  const { url, signIn } = found
  const entry = 'code' in signIn ? `one-time code ${signIn.code}` : `for a code: ${signIn.command}`
  return `console: ${url}    ${entry}`
}

function digOf({ listeners }: TryItFacts, name: string): string {
  const { address, port } = listeners.find((one) => !one.address.includes(':')) ??
    listeners[0] ?? { address: '127.0.0.1', port: 53 }
  const server = address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address
  return `dig @${server}${port === 53 ? '' : ` -p ${port}`} ${name}`
}

function offLines({ listeners, hasUpstream, capture }: TryItFacts): readonly string[] {
  const lines: string[] = []
  if (capture.state === 'off') lines.push(`packet capture (${printable(capture.detail)})`)
  if (!listeners.some(({ port }) => port === 53))
    lines.push(
      `port 53 (listening on ${[...new Set(listeners.map(({ port }) => port))].join(', ')}; set listen to change it)`,
    )
  if (!hasUpstream)
    lines.push('forwarding (no upstream in the configuration or in /etc/resolv.conf)')
  return lines
}

function configText(file: string | undefined): string {
  if (file !== undefined) return printable(file)
  return 'built-in defaults; copy docs/edge.example.yaml to edge.yaml to change them'
}
