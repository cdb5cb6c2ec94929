/**
 * Names of every byte, against metrics and log (CVE-2026-40011): what Prometheus reads always parses, by its own tool, no name is in a
 * label, and the log is one JSON value a line. Blocked and open names, over UDP and TCP; and what is written is nobody else's to read.
 */

import { spawnSync } from 'node:child_process'
import { lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { AT_QUESTION, optOf, queryOf, recordOf, replyTo, TYPE } from '#test/rfc/raw-message.ts'
import { type AgentProcess, metricsOf, startAgentProcess } from '#test/support/agent-process.ts'
import { startFloodClient } from '#test/support/flood-client.ts'
import { freeDnsPort } from '#test/support/free-port.ts'
import { keepConnection } from '#test/support/kept-connection.ts'
import { startRawUpstream } from '#test/support/raw-upstream.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import { wireName } from '#test/support/wire-name.ts'
import { parseMetrics } from './strict-metrics.ts'

/** A label that is looked for everywhere. */
const MARK = 'zqmark'
/** The second is in a category that makes events, the canary of suicide and self-harm. */
const ZONES = ['blocked.test', 'open.test', 'canary-harm-selfharm.test', 'localhost']
const LABELS = [
  ...Array.from({ length: 256 }, (_, byte) => `${MARK}${String.fromCodePoint(byte)}`),
  `${MARK}"} 1\nevil_metric 1\n`,
  `${MARK}\\n\n# HELP x\n# TYPE x gauge\nx 1`,
  `${MARK}",evil="`,
  `${MARK}{le="+Inf"} 1 # {}`,
  `${MARK}\r\n{"level":60,"msg":"forged"}\r\n`,
  `${MARK}\u0000\u001b]0;x\u0007\u001b[2J`,
  `${MARK}%s%n\${x}{{x}}`,
  `${MARK}</script><script>`,
  `=cmd|' /C x'!A0${MARK}`,
]

const labelOf = (text: string): Buffer =>
  Buffer.concat([Buffer.of(text.length), Buffer.from(text, 'latin1')])

function isInstalled(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0
}

async function start(t: Test, udp: 'batch' | 'node'): Promise<AgentProcess & { doh: number }> {
  const upstream = await startRawUpstream(({ message, reply }) => {
    const record = recordOf(AT_QUESTION, TYPE.A, 300, Buffer.of(192, 0, 2, 1))
    reply(replyTo(message, { answers: [record] }))
  })
  const [port, doh, metrics] = [await freeDnsPort(), await freeDnsPort(), await freeDnsPort()]
  // As loose as a system can be: the modes must be the agent's own doing.
  const umask = process.umask(0)
  const agent = await startAgentProcess({
    folder: shortFolder(t, 'state'),
    upstreamPorts: [upstream.port],
    port,
    untilBlocked: 'blocked.test',
    config: {
      deny: [{ name: 'blocked.test', reason: 'a test' }],
      listen: {
        dns: [{ address: '127.0.0.1', port }],
        doh: [{ address: '127.0.0.1', port: doh }],
        metrics: { address: '127.0.0.1', port: metrics },
        udp,
      },
    },
  }).finally(() => process.umask(umask))
  t.teardown(() => Promise.all([agent.stop(), upstream.close()]))
  return { ...agent, doh, metricsUrl: `http://127.0.0.1:${metrics}/metrics` }
}

/** Files and folders that others may read or write. */
function looseBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (name) => (lstatSync(join(folder, name)).mode & 0o077) !== 0,
  )
}

for (const udp of ['batch', 'node'] as const)
  t.test(`${udp}: names of every byte`, async (t) => {
    const agent = await start(t, udp)
    const client = await startFloodClient({ port: agent.port, from: '127.0.0.1' })
    t.teardown(() => client.close())
    const names = LABELS.flatMap((label) =>
      ZONES.map((zone) => Buffer.concat([labelOf(label), wireName(zone)])),
    )
    const queries = names.map((name) => queryOf({ name, opt: optOf() }))
    const replies = await client.askAll(queries, 0)
    t.equal(replies.length, queries.length, 'all answered')
    const connection = keepConnection('doh', agent.doh)
    for (const query of queries.slice(-40)) t.ok(await connection.ask(query))
    connection.close()

    const text = await metricsOf(agent)
    const { names: metrics, labels } = parseMetrics(text)
    t.notOk(metrics.has('evil_metric') || metrics.has('x'))
    t.notMatch([...labels].join('\n'), /zqmark|\.test|127\.0\.0|forged/, 'no name, no address')
    t.ok(labels.size < 300, `${labels.size} values of labels`)
    t.notMatch(text, MARK)
    await t.test(
      'promtool',
      { skip: isInstalled('promtool') ? false : 'needs promtool (prometheus)' },
      async () => {
        const { status, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: text })
        // 3: remarks of style; 1: it cannot be read.
        t.ok(status === 0 || status === 3, String(stderr).slice(0, 300))
      },
    )

    const lines = agent.log().split('\n').filter(Boolean)
    for (const line of lines) {
      const entry: unknown = JSON.parse(line)
      t.type(entry, 'object')
    }
    t.notMatch(agent.log(), /zqmark|forged/i, 'no name is logged')
    const command = join(import.meta.dirname, '..', '..', 'src', 'cli', 'supercloud-edge')
    for (const word of ['status', 'events']) {
      // Whatever it says of the box by its exit code.
      const { stdout } = spawnSync(command, [word, '--json', '--state', agent.stateDir])
      t.type(JSON.parse(String(stdout)), 'object', word)
      t.notMatch(String(stdout), MARK, `${word}: no name`)
    }
    t.same(looseBelow(agent.stateDir), [], 'files of 0600, folders of 0700, whatever the umask')
    await agent.stop()
    t.same(looseBelow(agent.stateDir), [], 'and what it leaves')
    t.ok(readdirSync(agent.stateDir, { recursive: true }).length > 5)
  })
