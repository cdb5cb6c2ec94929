/** Both ways in which upstreams are asked over UDP: by the worker of the batch listener, and by the main thread. */
import type { Test } from 'tap'
import { loadLibc } from '#platform/ffi/libc.ts'
import { queryOf, type RawReply, readReply } from '#test/rfc/raw-message.ts'
import { askRaw } from '#test/support/dns-client.ts'
import {
  type PipelineServer,
  type PipelineServerOptions,
  startPipelineServer,
} from '#test/support/pipeline-server.ts'
import { makeRules } from '#test/support/test-rules.ts'
import { wireName } from '#test/support/wire-name.ts'

/** Longer than any answer may take. */
const ANSWER_MS = 6_000

/** What one client or zone may ask is not what these attacks are about. */
const FREE = {
  clientQueriesPerSecond: 1_000_000,
  clientQueryBurst: 1_000_000,
  clientQueriesWaiting: 65_536,
  zoneMissesPerSecond: 1_000_000,
  zoneQuestionsInFlight: 65_536,
}

export const PATHS = [
  { path: 'worker', udp: 'batch' },
  { path: 'main thread', udp: 'node' },
] as const

export type UdpPath = (typeof PATHS)[number]['udp']

/** Why a path cannot be tried here, or false. */
export function cannotTry(udp: UdpPath): string | false {
  return udp === 'batch' && !loadLibc() ? 'needs the optional package koffi' : false
}

type Options = Partial<PipelineServerOptions> & Pick<PipelineServerOptions, 'upstreamPort'>

/** A server that asks upstreams by that path, and whose clients have no limits. */
export async function startPath(t: Test, udp: UdpPath, options: Options): Promise<PipelineServer> {
  const server = await startPipelineServer({
    rules: makeRules([]),
    upstreamTimeoutMs: 1_500,
    inFlightMax: 4_096,
    limits: FREE,
    ...options,
    udp,
  })
  t.teardown(async () => {
    await server.close()
    server.upstreams.close()
  })
  await server.workerUp()
  return server
}

/** Asks for the addresses of a name over UDP; throws where nothing comes. */
export async function lookUp(server: PipelineServer, name: string, type = 1): Promise<RawReply> {
  const query = queryOf({ name: wireName(name), type })
  const reply = await askRaw(query, { port: server.port, timeoutMs: ANSWER_MS })
  if (!reply) throw new Error(`no answer to ${name}`)
  return readReply(reply)
}

/** The addresses in an answer, with dots. */
export function addressesOf({ answers }: RawReply): readonly string[] {
  return answers.filter(({ type }) => type === 1).map(({ data }) => data.join('.'))
}
