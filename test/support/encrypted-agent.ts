/** An agent with DNS over TLS and HTTPS, as a process of its own, and certificates as a school's own authority might make them. */
import { execFile, execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Test } from 'tap'
import { type AgentProcess, type AgentProcessOptions, startAgentProcess } from './agent-process.ts'
import { a, startFakeUpstream } from './fake-upstream.ts'
import { freeDnsPort } from './free-port.ts'
import { shortFolder } from './short-folder.ts'

export interface EncryptedAgent extends AgentProcess {
  readonly dotPort: number
  readonly dohPort: number
}

export interface EncryptedAgentOptions
  extends Partial<Pick<AgentProcessOptions, 'folder' | 'udp' | 'files'>> {
  /** `listen.tls`. */
  readonly tls?: Readonly<Record<string, string>>
  readonly config?: Readonly<Record<string, unknown>>
  /** Over 127.0.0.1, where all listen unless told otherwise. */
  readonly address?: string
}

/** `blocked.test` is blocked; every other name has an address. */
export async function startEncryptedAgent(
  t: Test,
  { tls, config = {}, address = '127.0.0.1', ...options }: EncryptedAgentOptions = {},
): Promise<EncryptedAgent> {
  const upstream = await startFakeUpstream(({ name, type }) => ({
    answers: type === 'A' ? [a(name, '192.0.2.10', 77)] : [],
  }))
  t.teardown(() => upstream.close())
  const [port, dotPort, dohPort, metricsPort] = [
    await freeDnsPort(),
    await freeDnsPort(),
    await freeDnsPort(),
    await freeDnsPort(),
  ]
  const agent = await startAgentProcess({
    folder: options.folder ?? shortFolder(t),
    upstreamPorts: [upstream.port],
    port,
    ...options,
    untilBlocked: 'blocked.test',
    config: {
      deny: [{ name: 'blocked.test', reason: 'a test' }],
      ...config,
      listen: {
        dns: [{ address: '127.0.0.1', port }],
        dot: [{ address, port: dotPort }],
        doh: [{ address, port: dohPort }],
        metrics: { address: '127.0.0.1', port: metricsPort },
        ...(tls && { tls }),
        ...(options.udp && { udp: options.udp }),
      },
    },
  })
  t.teardown(() => agent.stop())
  const metricsUrl = `http://127.0.0.1:${metricsPort}/metrics`
  return { ...agent, metricsUrl, dotPort, dohPort }
}

/** Makes `NAME.crt` and `NAME.key` in a folder, for a name and the address 127.0.0.1. */
export function makePair(folder: string, name: string): void {
  const [key, certificate] = [join(folder, `${name}.key`), join(folder, `${name}.crt`)]
  const names = `subjectAltName=DNS:${name},IP:127.0.0.1`
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  const words = ['-keyout', key, '-out', certificate, '-days', '90', '-subj', `/CN=${name}`]
  execFileSync('openssl', ['req', '-x509', ...kind, ...words, '-addext', names], {
    stdio: 'ignore',
  })
}

const run = promisify(execFile)

/** What dig says. */
export async function dig(port: number, ...words: readonly string[]): Promise<string> {
  const { stdout } = await run('dig', ['@127.0.0.1', '-p', String(port), '+tries=1', ...words])
  return stdout
}

/** The value of a series, NaN where there is none. */
export async function metric({ metricsUrl }: EncryptedAgent, line: string): Promise<number> {
  const text = await (await fetch(metricsUrl)).text()
  const found = text.split('\n').find((one) => one.startsWith(`${line} `))
  return Number(found?.split(' ').at(-1) ?? Number.NaN)
}
