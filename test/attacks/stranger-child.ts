/** Inside a network namespace of its own: asks the agent's listeners from an address that is of no school; prints what came back. */

import { optOf, queryOf, RCODE, readReply, TYPE } from '#test/rfc/raw-message.ts'
import { startFloodClient } from '#test/support/flood-client.ts'
import { startPipelineServer } from '#test/support/pipeline-server.ts'
import { makeRules } from '#test/support/test-rules.ts'
import { wireName } from '#test/support/wire-name.ts'

const STRANGER = '192.0.2.7'
const LONGEST = [63, 63, 63, 59].map((length) => 'a'.repeat(length)).join('.')
/** What a client may send here, and far more. */
const LIMITS = { clientQueriesPerSecond: 10, clientQueryBurst: 500 }
const FLOOD = 2_000

const QUERIES: readonly Buffer[] = ['.', 'a.test', 'www.example.org', 'localhost', LONGEST].flatMap(
  (text) => {
    const name = wireName(text)
    const types = [TYPE.A, TYPE.ANY, TYPE.TXT]
    return types.flatMap((type) => [
      queryOf({ name, type }),
      queryOf({ name, type, opt: optOf({ size: 4096, flags: 0x8000 }) }),
    ])
  },
)

async function tryListener(udp: 'batch' | 'node'): Promise<unknown> {
  const server = await startPipelineServer({
    rules: makeRules([]),
    upstreamPort: 9,
    udp,
    limits: LIMITS,
  })
  await server.workerUp()
  const client = await startFloodClient({ port: server.port, from: STRANGER })
  let worstRatio = 0
  const rcodes = new Set<number>()
  for (const query of QUERIES) {
    const [reply] = await client.askAll([query], 0)
    if (!reply) continue
    rcodes.add(readReply(reply.bytes).rcode)
    worstRatio = Math.max(worstRatio, reply.bytes.length / query.length)
  }
  const flooded = Array.from({ length: FLOOD }, () => queryOf({ opt: optOf() }))
  const sentBytes = flooded.reduce((sum, { length }) => sum + length, 0)
  const replies = await client.askAll(flooded, 700)
  const gotBytes = replies.reduce((sum, { bytes }) => sum + bytes.length, 0)
  await Promise.all([client.close(), server.close()])
  return {
    udp,
    isRefused: rcodes.size === 1 && rcodes.has(RCODE.REFUSED),
    worstRatio,
    floodRatio: gotBytes / sentBytes,
    dropped: FLOOD - replies.length,
  }
}

process.stdout.write(JSON.stringify([await tryListener('batch'), await tryListener('node')]))
process.exit(0)
