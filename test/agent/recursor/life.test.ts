/** How long Unbound lives: as long as the agent wants it, and never longer than the agent. */
import { readdirSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { AgentProcess } from '#test/support/agent-process.ts'
import { ask, ednsError, rcodeOf } from '#test/support/dns-client.ts'
import {
  figureOf,
  isAlive,
  isAnswered,
  startRecursorAgent,
  statusOf,
  unboundOf,
  until,
} from '#test/support/recursor-agent.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import { noSignedRoot, startSignedRoot } from '#test/support/signed-root.ts'

const SERVFAIL = 2
/** The agent has let go of it within 2 s; what else runs here may take its time. */
const GONE_WITHIN_MS = 10_000
/** "No reachable authority" and "network error" (RFC 8914): the words for any dead upstream. */
const DEAD_UPSTREAM = [13, 22, 23]

const skip = noSignedRoot()
if (skip) {
  t.pass('skipped', { skip })
  process.exit(0)
}

const rootFolder = shortFolder(t)
const root = await startSignedRoot(rootFolder, {
  records: Array.from({ length: 9 }, (_, i) => `n${i}.example.org. 300 IN A 192.0.2.${i + 1}`),
})
t.teardown(() => root.stop())
const recursor = { 'root-hints': root.hintsFile, 'trust-anchors': root.anchorsFile }

function start(t: Test, folder: string): Promise<AgentProcess> {
  return startRecursorAgent(
    t,
    { folder, upstreamPorts: [], config: { recursor } },
    'n0.example.org',
  )
}

function pidOf(agent: AgentProcess): number {
  const pid = unboundOf(agent.pid)
  if (pid === undefined) throw new Error(`no unbound:\n${agent.log()}`)
  return pid
}

/** Sockets and pipes. */
function openBy(pid: number): readonly string[] {
  const folder = `/proc/${pid}/fd`
  return readdirSync(folder)
    .map((fd) => linkOf(join(folder, fd)))
    .filter((what) => /^(socket|pipe):/.test(what))
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return '' // Closed meanwhile.
  }
}

t.test('killed, it is back, and what is known is answered meanwhile', async (t) => {
  const agent = await start(t, shortFolder(t))
  await until(async () => (await figureOf(agent, 'edge_recursor_up')) === 1, 'it to be up')
  const before = pidOf(agent)
  process.kill(before, 'SIGKILL')
  await until(() => !isAlive(before), 'its end')
  t.ok(await isAnswered(agent, 'n0.example.org'), 'from the cache')
  const lost = await ask('n1.example.org', 'A', { port: agent.port })
  t.equal(rcodeOf(lost), SERVFAIL)
  t.ok(DEAD_UPSTREAM.includes(ednsError(lost)?.code ?? 0), JSON.stringify(ednsError(lost)))
  t.match(agent.log(), /Unbound ended \(SIGKILL\); it starts again in 1 s/)
  await until(() => isAnswered(agent, 'n1.example.org'), 'it to be back')
  t.not(pidOf(agent), before)
  t.equal(await figureOf(agent, 'edge_recursor_starts_total'), 2)
  const { faults } = await statusOf(agent)
  t.match(JSON.stringify(faults), /"recursor","text":"Unbound ended \(SIGKILL\); it starts again/)
})

t.test('it holds nothing of the agent, and ends with it, however the agent ends', async (t) => {
  const folder = shortFolder(t)
  const first = await start(t, folder)
  const stopped = pidOf(first)
  const [agents, ours] = [openBy(first.pid), openBy(process.pid)]
  // What this test was given by whoever runs it, everybody has.
  const shared = openBy(stopped).filter((what) => agents.includes(what) && !ours.includes(what))
  t.strictSame(shared, [], 'no descriptor of the agent')
  const { code } = await first.stop()
  t.equal(code, 0)
  await until(() => !isAlive(stopped), 'its end', GONE_WITHIN_MS)

  const second = await start(t, folder)
  const killed = pidOf(second)
  await second.kill()
  await until(() => !isAlive(killed), 'its end', GONE_WITHIN_MS)

  // What a power cut may leave of the anchors would keep every later one from starting.
  const kept = join(first.stateDir, 'agent', 'recursor')
  const [anchors = ''] = readdirSync(kept).filter((name) => name.startsWith('anchors-'))
  writeFileSync(join(kept, anchors), Buffer.alloc(4_096))
  const third = await start(t, folder)
  t.ok(await isAnswered(third, 'n2.example.org'), 'and another agent has another one')
  t.equal(await figureOf(third, 'edge_recursor_starts_total'), 2, 'with anchors begun anew')
  t.match(third.log(), /error reading auto-trust-anchor-file|failed to read|could not parse|ldns/)
})
