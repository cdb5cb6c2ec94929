/** A device that was given an endpoint of its own is known by it: a path of DoH, a name of DoT. */
import { once } from 'node:events'
import { connect } from 'node:tls'
import t from 'tap'
import { queryOf, readReply } from '#test/rfc/raw-message.ts'
import { DNS_PATH, openSession, sendHttp2 } from '#test/support/doh-client.ts'
import { startEncryptedAgent } from '#test/support/encrypted-agent.ts'
import { framed } from '#test/support/stream-client.ts'
import { wireName } from '#test/support/wire-name.ts'

const NXDOMAIN = 3
const GIVEN = 'k3j4h5g6f7'
const agent = await startEncryptedAgent(t, {
  config: {
    networks: [{ cidr: '127.0.0.0/8', group: 'ks3' }],
    deny: [
      { name: 'blocked.test', reason: 'a test' },
      { name: 'chat.test', reason: 'a test', groups: ['ks3'] },
    ],
    identity: { devices: [{ endpoint: GIVEN, name: 'minibus tablet', group: 'staff' }] },
  },
})
const query = queryOf({ name: wireName('chat.test') })

async function overHttps(path: string, isPost = false): Promise<number> {
  const session = await openSession(agent.dohPort)
  const target = isPost ? path : `${path}?dns=${query.toString('base64url')}`
  const got = await sendHttp2(session, { path: target, ...(isPost && { body: query }) })
  session.close()
  return got.status === 200 ? readReply(got.body).rcode : got.status
}

async function overTls(servername: string): Promise<number> {
  const socket = connect({
    port: agent.dotPort,
    host: '127.0.0.1',
    servername,
    rejectUnauthorized: false,
  })
  await once(socket, 'secureConnect')
  socket.write(framed(query))
  const [bytes] = await once(socket, 'data')
  socket.destroy()
  return Buffer.isBuffer(bytes) ? readReply(bytes.subarray(2)).rcode : -1
}

t.test('DoH: the path of a device is its policy, by GET and by POST', async (t) => {
  t.equal(await overHttps(DNS_PATH), NXDOMAIN)
  t.equal(await overHttps(`${DNS_PATH}/${GIVEN}`), 0)
  t.equal(await overHttps(`${DNS_PATH}/${GIVEN}`, true), 0)
  t.equal(await overHttps(`${DNS_PATH}/${GIVEN.slice(1)}`), NXDOMAIN, 'one that nobody was given')
  t.equal(await overHttps(`${DNS_PATH}/${GIVEN}/more`), 404)
  t.equal(await overHttps(`${DNS_PATH}/`), 404)
})

t.test('DoT: the name of a device is its policy', async (t) => {
  t.equal(await overTls('dns.school.test'), NXDOMAIN)
  t.equal(await overTls(`${GIVEN}.dns.school.test`), 0)
  t.equal(await overTls(`${GIVEN.toUpperCase()}.dns.school.test`), 0)
  t.equal(await overTls(`${GIVEN}x.dns.school.test`), NXDOMAIN)
})
