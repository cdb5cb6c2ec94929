/** Forwarders that lead back to one another: whole agents, asked by a client. */
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { type AgentProcess, startAgentProcess } from '#test/support/agent-process.ts'
import { ask, ednsError, rcodeOf } from '#test/support/dns-client.ts'
import { freeDnsPort } from '#test/support/free-port.ts'
import { shortFolder } from '#test/support/short-folder.ts'

const SERVFAIL = 2

for (const udp of ['batch', 'node'] as const)
  t.test(`two agents that ask each other, UDP by ${udp}`, { timeout: 110_000 }, async (t) => {
    const ports = [await freeDnsPort(), await freeDnsPort()] as const
    const agents = await Promise.all(
      ports.map((port, i) =>
        startAgentProcess({
          folder: shortFolder(t),
          port,
          upstreamPorts: [ports[1 - i] ?? 0],
          udp,
        }),
      ),
    )
    t.teardown(() => Promise.all(agents.map((agent) => agent.stop())))
    await settled(agents)
    for (const [i, agent] of agents.entries())
      for (const transport of ['udp', 'tcp'] as const) {
        const before = await messagesOf(agents)
        const startedMs = performance.now()
        const reply = await ask(`www${i}${transport}.example.org`, 'A', { ...agent, transport })
        const tookMs = Math.round(performance.now() - startedMs)
        t.equal(rcodeOf(reply), SERVFAIL)
        t.match(ednsError(reply), { code: 0, text: 'the upstreams lead back here' })
        t.ok(tookMs < 1_900, `${transport}: no time limit ends it, after ${tookMs} ms`)
        const sent = (await messagesOf(agents)) - before
        // At most three of the one that is asked, and one of the other for each of those.
        t.ok(sent <= 6, `${transport}: ${sent} messages`)
      }
  })

/** Messages that agents have sent to upstreams so far. */
async function messagesOf(agents: readonly AgentProcess[]): Promise<number> {
  const texts = await Promise.all(
    agents.map(async ({ metricsUrl }) => (await fetch(metricsUrl)).text()),
  )
  return texts
    .flatMap((text) => [...text.matchAll(/^edge_upstream_messages_total\{.*\} (\d+)$/gm)])
    .reduce((sum, [, count]) => sum + Number(count), 0)
}

/** Waits until agents that have just started ask nothing by themselves. */
async function settled(agents: readonly AgentProcess[]): Promise<void> {
  const untilMs = performance.now() + 20_000
  let before = -1
  for (let now = 0; now !== before && performance.now() < untilMs; ) {
    before = now
    await sleep(1_500)
    now = await messagesOf(agents)
  }
}
