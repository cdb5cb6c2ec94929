/** Unbound beside the agent, switched on and off while the agent runs, with upstreams to ask. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { type AgentProcess, startAgentProcess } from '#test/support/agent-process.ts'
import { ask, rcodeOf } from '#test/support/dns-client.ts'
import { isAlive, isAnswered, statusOf, unboundOf, until } from '#test/support/recursor-agent.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import { noSignedRoot, startSignedRoot } from '#test/support/signed-root.ts'

const SERVFAIL = 2

const skip = noSignedRoot()
if (skip) {
  t.pass('skipped', { skip })
  process.exit(0)
}

const root = await startSignedRoot(shortFolder(t), {
  records: Array.from({ length: 9 }, (_, i) => [
    `n${i}.example.org. 300 IN A 192.0.2.${i + 1}`,
    `bogus${i}.example.org. 300 IN A 192.0.2.66`,
  ]).flat(),
  forged: Array.from({ length: 9 }, (_, i) => `bogus${i}.example.org`),
})
t.teardown(() => root.stop())

function pidOf(agent: AgentProcess): number {
  const pid = unboundOf(agent.pid)
  if (pid === undefined) throw new Error(`no unbound:\n${agent.log()}`)
  return pid
}

t.test('it is switched on and off at a reload, and asks the upstreams in between', async (t) => {
  const folder = shortFolder(t)
  const upstreams = [{ address: root.address, port: root.port }]
  const agent = await startAgentProcess({ folder, upstreamPorts: [], config: { upstreams } })
  t.teardown(() => agent.stop())
  const write = (wanted: unknown): void => {
    const listen = { dns: [{ address: '127.0.0.1', port: agent.port }] }
    const metrics = { address: '127.0.0.1', port: Number(new URL(agent.metricsUrl).port) }
    const config = { listen: { ...listen, metrics }, upstreams, recursor: wanted }
    writeFileSync(agent.configFile, JSON.stringify(config))
    process.kill(agent.pid, 'SIGHUP')
  }
  const rcodeFor = async (name: string): Promise<number> =>
    rcodeOf(await ask(name, 'A', { port: agent.port }))
  t.equal(await rcodeFor('bogus0.example.org'), 0, 'nobody checks')
  await until(async () => (await statusOf(agent))['state'] !== undefined, 'all of the agent')
  t.equal(unboundOf(agent.pid), undefined)

  write({ 'trust-anchors': root.anchorsFile })
  await until(() => unboundOf(agent.pid) !== undefined, 'unbound')
  await until(() => isAnswered(agent, 'n3.example.org'), 'an answer by way of unbound')
  t.equal(await rcodeFor('bogus1.example.org'), SERVFAIL, 'Unbound checks what the upstream says')
  const pid = pidOf(agent)
  const port = 20_000 + (process.pid % 5_000)
  write({ 'trust-anchors': root.anchorsFile, port })
  await until(() => (unboundOf(agent.pid) ?? pid) !== pid, 'another unbound')
  t.notOk(isAlive(pid))
  await until(() => isAnswered(agent, 'n4.example.org'), 'an answer from there')
  t.match((await statusOf(agent))['recursor'], { detail: new RegExp(`:${port}$`) })

  const last = pidOf(agent)
  write({ 'trust-anchors': join(folder, 'not-there') })
  const told =
    /the recursor does not run as configured: recursor\.trust-anchors: .*not-there: no such file/
  const reasons = async (): Promise<string> => JSON.stringify((await statusOf(agent))['reasons'])
  await until(async () => told.test(await reasons()), 'a word on the file')
  t.equal(unboundOf(agent.pid), last, 'what ran before goes on')

  write(false)
  await until(() => !isAlive(last), 'its end')
  await until(async () => (await rcodeFor('bogus2.example.org')) === 0, 'an answer unchecked')
  t.match((await statusOf(agent))['recursor'], { state: 'off' })
})
