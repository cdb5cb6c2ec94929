/** Inside a network namespace with few ports to choose from: asks by one path as many questions as use some of them, and prints the ports. */
import { setTimeout as sleep } from 'node:timers/promises'
import { AT_QUESTION, queryOf, recordOf, replyTo, TYPE } from '#test/rfc/raw-message.ts'
import { startFloodClient } from '#test/support/flood-client.ts'
import { startPipelineServer } from '#test/support/pipeline-server.ts'
import { startRawUpstream } from '#test/support/raw-upstream.ts'
import { makeRules } from '#test/support/test-rules.ts'
import { wireName } from '#test/support/wire-name.ts'

const ADDRESS = Buffer.of(192, 0, 2, 1)
/** The main thread asks one after the other: what is open at once has no port twice anyway. */
const AT_ONCE = { batch: 64, node: 1 } as const
const FREE = {
  clientQueriesPerSecond: 1_000_000,
  clientQueryBurst: 1_000_000,
  zoneMissesPerSecond: 1_000_000,
  zoneQuestionsInFlight: 65_536,
}

/** Ports in the order in which they were first used, each as often as it was begun anew. */
async function portsOf(udp: 'batch' | 'node', questions: number): Promise<readonly number[]> {
  const upstream = await startRawUpstream(({ message, reply }) =>
    reply(replyTo(message, { answers: [recordOf(AT_QUESTION, TYPE.A, 300, ADDRESS)] })),
  )
  const limits = { rules: makeRules([]), limits: FREE }
  const server = await startPipelineServer({ ...limits, upstreamPort: upstream.port, udp })
  await server.workerUp()
  const client = await startFloodClient({ port: server.port, from: '127.0.6.1' })
  const atOnce = AT_ONCE[udp]
  for (let i = 0; i < questions; i += atOnce) {
    const names = Array.from({ length: atOnce }, (_, n) => wireName(`n${i + n}.example.org`))
    client.send(names.slice(0, questions - i).map((name) => queryOf({ name })))
    const due = Math.min(questions, i + atOnce)
    for (let waits = 0; client.replies.length < due && waits < 1_000; waits++) await sleep(1)
  }
  return upstream.asked.map(({ port }) => port).filter((port, i, all) => port !== all[i - 1])
}

const [, , udp, questions] = process.argv
const ports = await portsOf(udp === 'batch' ? 'batch' : 'node', Number(questions))
process.stdout.write(JSON.stringify(ports))
process.exit(0)
