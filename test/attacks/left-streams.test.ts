/** A client of HTTP/2 that leaves with many POSTs begun: what is left of them is not answered, for Node throws at that, and the agent lives. */
import { connect } from 'node:http2'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { startEncryptedAgent } from '#test/support/encrypted-agent.ts'
import { open } from './held-connections.ts'

const POST = { ':method': 'POST', ':path': '/dns-query', 'content-type': 'application/dns-message' }

t.test('sessions that are left with 300 streams', async (t) => {
  const agent = await startEncryptedAgent(t)
  const url = `https://127.0.0.1:${agent.dohPort}`
  const sockets = await Promise.all(
    Array.from({ length: 10 }, (_, i) => open(agent, 'h2', `127.0.14.${i + 1}`)),
  )
  const sessions = sockets.flatMap((socket) =>
    socket ? connect(url, { createConnection: () => socket }) : [],
  )
  t.equal(sessions.length, 10)
  for (const session of sessions) {
    session.on('error', () => undefined)
    for (let i = 0; i < 300; i++) session.request(POST).on('error', () => undefined)
  }
  await sleep(1_500)
  for (const session of sessions) session.destroy()
  await sleep(1_500)
  t.ok(agent.isRunning())
})
