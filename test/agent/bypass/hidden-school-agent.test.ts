/** A server that asks for the whole school, before a real agent, over real sockets. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { encode } from 'dns-packet'
import t, { type Test } from 'tap'
import { run } from '#test/cli/run.ts'
import {
  type AgentProcess,
  type AgentProcessOptions,
  metricsOf,
  startAgentProcess,
} from '#test/support/agent-process.ts'
import { a, startFakeUpstream } from '#test/support/fake-upstream.ts'
import { until } from '#test/support/page-agent.ts'
import { shortFolder } from '#test/support/short-folder.ts'

const SERVER = '127.0.0.10'
const DEVICE = '127.0.0.20'
const ZONES = 200

async function start(t: Test, options: Partial<AgentProcessOptions>): Promise<AgentProcess> {
  const fake = await startFakeUpstream(({ name }) => ({ answers: [a(name, '203.0.113.7')] }))
  const agent = await startAgentProcess({
    folder: shortFolder(t),
    upstreamPorts: [fake.port],
    ...options,
  })
  t.teardown(() => Promise.all([agent.stop(), fake.close()]))
  return agent
}

/** Asks so many questions of as many zones as there are, one after the other in small batches. */
async function askMany(agent: AgentProcess, from: string, count: number): Promise<void> {
  const socket = createSocket('udp4')
  socket.bind(0, from)
  await once(socket, 'listening')
  let answered = 0
  socket.on('message', () => answered++)
  for (let i = 0; i < count; i++) {
    const message = encode({
      type: 'query',
      id: i & 0xffff,
      flags: 0x0100,
      questions: [{ type: 'A', name: `www.zone${i % ZONES}.test` }],
    })
    socket.send(message, agent.port, '127.0.0.1')
    if (i % 50 === 49) await until(async () => answered >= i - 40, 'answers')
  }
  await until(async () => answered >= count * 0.95, 'the last answers')
  socket.close()
}

const statusOf = ({ folder, stateDir }: AgentProcess) => run(folder, 'status', '--state', stateDir)

for (const udp of ['batch', 'node'] as const)
  t.test(
    `${udp}: said in status, setup and metrics, with what to change, until it is declared`,
    async (t) => {
      const agent = await start(t, { udp })
      await askMany(agent, DEVICE, 200)
      t.notMatch((await statusOf(agent)).out, /told apart/, 'not of a few questions')
      t.match(await metricsOf(agent), /^edge_hidden_school 0$/m)
      await askMany(agent, SERVER, 6_000)
      const { out, code } = await statusOf(agent)
      t.equal(code, 1)
      t.match(
        out,
        new RegExp(`nobody behind ${SERVER} can be told apart: ${SERVER} asks 9\\d % of all`),
      )
      t.match(out, /DHCP option 6.*identity\.forwarders/)
      const metrics = await metricsOf(agent)
      t.match(metrics, /^edge_hidden_school 1$/m)
      t.match(metrics, /^edge_busiest_client_share_ratio 0\.9/m)
      const setup = await run(agent.folder, 'setup', '--state', agent.stateDir)
      t.match(setup, { code: 1, out: /^wrong {2}clients +nobody behind 127\.0\.0\.10/m })
      const config = JSON.parse(readFileSync(agent.configFile, 'utf8'))
      const identity = { forwarders: [{ from: SERVER, trust: [] }] }
      writeFileSync(agent.configFile, JSON.stringify({ ...config, identity }))
      await until(
        async () => !(await statusOf(agent)).out.includes('told apart'),
        'the declared forwarder',
      )
      t.match(await metricsOf(agent), /^edge_hidden_school 0$/m)
    },
  )
