/** The page under more than it can take: names are answered as before, and the page itself comes back. */
import { createSocket } from 'node:dgram'
import { Agent, request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { encode } from 'dns-packet'
import t from 'tap'
import { startPageAgent, until } from '#test/support/page-agent.ts'
import { visit as visitOnce } from '#test/support/page-client.ts'

const FLOOD_PER_SECOND = 2_000
const FLOOD_MS = 4_000
const QUERIES = 400

const { agent, visit, pagePort } = await startPageAgent(t)

t.test(
  '2,000 requests a second are shed, and DNS answers as quickly as before',
  { timeout: 60_000 },
  async (t) => {
    const calm = await p99(agent.port)
    const flood = startFlood(pagePort)
    const busy = await p99(agent.port)
    const { sent, statuses } = await flood.stop()
    t.ok(sent > FLOOD_PER_SECOND * 2, `${sent} requests sent`)
    // How many come to be answered at all depends on what else the machine does; the shares do not.
    const [shed, workedOn] = [statuses.get(429) ?? 0, statuses.get(403) ?? 0]
    t.ok(shed > 100 && shed > 3 * workedOn, `shed: ${JSON.stringify([...statuses])}`)
    t.ok(workedOn < 500, 'few are worked on')
    t.equal(calm.lost + busy.lost, 0, 'no query is lost')
    t.comment(
      `DNS p99 ${calm.ms.toFixed(2)} ms calm, ${busy.ms.toFixed(2)} ms under ${sent} requests`,
    )
    // The clients of flood and measurement share this process and the machine's cores with the agent: wide enough for that noise.
    t.ok(busy.ms < Math.max(50, calm.ms * 5), `p99 ${calm.ms} ms calm, ${busy.ms} ms under load`)
    await until(async () => (await visit('social.test')).status === 403, 'the page to come back')
    // The page's thread tells of its counts once a second.
    let counted = 0
    await until(async () => {
      const metrics = await (await fetch(agent.metricsUrl)).text()
      const found = /^edge_block_page_requests_total\{outcome="too-many-requests"\} (\d+)$/m.exec(
        metrics,
      )
      counted = Number(found?.[1])
      return counted > shed / 2
    }, 'what was shed to be counted')
    t.ok(counted > shed / 2, `and counted: ${counted}`)
  },
)

t.test(
  'connections that say nothing are few a client, and do not last',
  { timeout: 60_000 },
  async (t) => {
    const sockets: Socket[] = []
    let closed = 0
    for (let i = 0; i < 40; i++) {
      const socket = connect({ port: pagePort, host: '127.0.0.1', localAddress: '127.0.0.40' })
      socket.on('error', () => undefined)
      socket.on('close', () => closed++)
      sockets.push(socket)
    }
    await until(() => Promise.resolve(closed >= 24), 'those beyond sixteen to be closed')
    t.equal(closed, 24)
    t.equal(
      (await visitOnce({ port: pagePort, host: 'social.test', from: '127.0.0.41' })).status,
      403,
      'others are served',
    )
    for (const socket of sockets) if (socket.writable) socket.write('GET / HTTP/1.1\r\nHost: a')
    await until(() => Promise.resolve(closed === 40), 'the slow ones to be closed')
    const big = visitOnce({
      port: pagePort,
      host: 'social.test',
      headers: { x: 'y'.repeat(9_000) },
    })
    await t.rejects(big, 'headers of more than 8 KiB')
  },
)

/** Requests at a steady rate over kept connections of one client, until told to stop. */
function startFlood(port: number) {
  const keeper = new Agent({ keepAlive: true, maxSockets: 16, localAddress: '127.0.0.50' })
  const statuses = new Map<number, number>()
  let sent = 0
  const startedMs = performance.now()
  const timer = setInterval(() => {
    const due = ((performance.now() - startedMs) * FLOOD_PER_SECOND) / 1000
    for (; sent < due; sent++) {
      const asked = request({
        port,
        host: '127.0.0.1',
        agent: keeper,
        headers: { host: 'social.test', accept: 'text/html' },
      })
      asked.on('error', () => statuses.set(0, (statuses.get(0) ?? 0) + 1))
      asked.on('response', (response) => {
        const { statusCode = 0 } = response
        statuses.set(statusCode, (statuses.get(statusCode) ?? 0) + 1)
        response.resume()
      })
      asked.end()
    }
  }, 5)
  return {
    stop: async () => {
      await sleep(Math.max(0, FLOOD_MS - (performance.now() - startedMs)))
      clearInterval(timer)
      await sleep(300)
      keeper.destroy()
      return { sent, statuses }
    },
  }
}

/** The 99th percentile of some queries, one after the other: of a blocked name, so that no upstream has a part in it. */
async function p99(port: number): Promise<{ readonly ms: number; readonly lost: number }> {
  const socket = createSocket('udp4')
  const times: number[] = []
  let lost = 0
  for (let id = 1; id <= QUERIES; id++) {
    const message = encode({ type: 'query', id, questions: [{ type: 'A', name: 'denied.test' }] })
    const startedMs = performance.now()
    const isAnswered = await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), 1_000)
      socket.once('message', () => {
        clearTimeout(timer)
        resolve(true)
      })
      socket.send(message, port, '127.0.0.1')
    })
    if (!isAnswered) lost++
    times.push(performance.now() - startedMs)
    await sleep(2)
  }
  socket.close()
  const sorted = times.toSorted((a, b) => a - b)
  return { ms: sorted[Math.floor(QUERIES * 0.99)] ?? 0, lost }
}
