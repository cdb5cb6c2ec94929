/** DNS cookies for clients (RFC 7873, RFC 9018), the same over every transport; only UDP has a use for them. */

import t from 'tap'
import { startRawUpstream } from '#test/support/raw-upstream.ts'
import { wireName } from '#test/support/wire-name.ts'
import {
  AT_QUESTION,
  OPTION,
  optionIn,
  optionOf,
  optOf,
  queryOf,
  type RawReply,
  RCODE,
  recordOf,
  replyTo,
  TYPE,
} from './raw-message.ts'
import { type Asked, startRfcServers } from './rfc-server.ts'

const CLIENT = Buffer.from('2464c4abcf10c957', 'hex')
const NAMES = ['www.blocked.test', 'localhost', 'www.open.test', 'x.invalid']
/** Beyond what a batch of the test asks; one query is what a client without a cookie has. */
const ONE_QUERY = { clientQueriesPerSecond: 1, clientQueryBurst: 1 }

const upstream = await startRawUpstream(({ message, reply }) =>
  reply(
    replyTo(message, { answers: [recordOf(AT_QUESTION, TYPE.A, 300, Buffer.of(192, 0, 2, 1))] }),
  ),
)
t.teardown(() => upstream.close())
const upstreamPort = upstream.port

function withCookie(cookie: Buffer, name = 'localhost'): Parameters<Asked['ask']>[0] {
  return { name: wireName(name), opt: optOf({ options: [optionOf(OPTION.cookie, cookie)] }) }
}

function cookieOf(reply: RawReply): Buffer {
  return optionIn(reply, OPTION.cookie) ?? Buffer.alloc(0)
}

// All before the first test: a test may not begin once those before it have ended.
const giving = await startRfcServers(t, { upstreamPort })
const demanding = await startRfcServers(t, { upstreamPort, cookies: 'require' })
const ignoring = await startRfcServers(t, { upstreamPort, cookies: 'off' })
const limited = await startRfcServers(t, { upstreamPort, limits: ONE_QUERY })
for (const { title, transport, ask, server } of typeof giving === 'string' ? [] : giving) {
  t.test(
    `RFC 7873 section 5.2.3: every kind of answer has a cookie for who shows his own, over ${title}`,
    async (t) => {
      for (const name of [...NAMES, ...NAMES]) {
        const cookie = cookieOf(await ask(withCookie(CLIENT, name)))
        t.equal(cookie.length, 24, name)
        t.same(cookie.subarray(0, 8), CLIENT, 'RFC 7873 section 5.2.3: the client part as it came')
        t.equal(cookie.readUInt32BE(8), 0x0100_0000, 'RFC 9018 section 4: version 1, reserved zero')
        t.ok(Math.abs(cookie.readUInt32BE(12) - Date.now() / 1000) < 10, 'made now')
        t.equal(
          optionIn(await ask({ name: wireName(name), opt: optOf() }), OPTION.cookie),
          undefined,
        )
      }
      t.equal((await ask({ questions: 0, ...withCookie(CLIENT) })).rcode, 0, 'a cookie alone')
    },
  )

  t.test(
    `RFC 7873 section 5.2.4: what holds comes back, what does not is replaced, over ${title}`,
    async (t) => {
      const cookie = cookieOf(await ask(withCookie(CLIENT)))
      t.same(cookieOf(await ask(withCookie(cookie))), cookie, 'as long as it is young')
      const old = Buffer.from(cookie)
      old.writeUInt32BE(cookie.readUInt32BE(12) - 7_200, 12)
      const forged = Buffer.from(cookie)
      forged[23]! ^= 1
      const another = Buffer.concat([Buffer.from('ffffffffffffffff', 'hex'), cookie.subarray(8)])
      const long = Buffer.concat([cookie, Buffer.alloc(16)])
      for (const wrong of [old, forged, another, long, cookie.subarray(0, 16)]) {
        const reply = await ask(withCookie(wrong))
        t.equal(reply.rcode, RCODE.NOERROR, 'RFC 7873 section 5.2.4: answered all the same')
        t.same(cookieOf(reply).subarray(0, 8), wrong.subarray(0, 8))
        t.equal(cookieOf(reply).length, 24)
        t.not(cookieOf(reply).subarray(8).toString('hex'), wrong.subarray(8).toString('hex'))
      }
    },
  )

  t.test(
    `RFC 7873 section 5.2.2: an option of a wrong length is FORMERR, over ${title}`,
    async (t) => {
      for (const length of [0, 1, 7, 9, 15, 41, 200])
        t.equal(
          (await ask(withCookie(Buffer.alloc(length)))).rcode,
          RCODE.FORMERR,
          `${length} bytes`,
        )
      for (const length of [8, 16, 24, 40])
        t.equal(
          (await ask(withCookie(Buffer.alloc(length)))).rcode,
          RCODE.NOERROR,
          `${length} bytes`,
        )
    },
  )

  t.test(
    `RFC 9018 section 4: a client has the same cookie whoever answers, over ${title}`,
    async (t) => {
      const cookie = cookieOf(await ask(withCookie(CLIENT)))
      // Over the other transport and after a miss, which other threads answer.
      for (const other of giving as readonly Asked[]) {
        if (other.server !== server) continue
        t.same(
          cookieOf(await other.ask(withCookie(cookie, `${transport}.${title.length}.test`))),
          cookie,
        )
      }
      await server.killWorker()
      t.same(cookieOf(await ask(withCookie(cookie))), cookie, 'nor does a new worker forget it')
    },
  )
}

for (const { title, transport, ask } of typeof demanding === 'string' ? [] : demanding)
  t.test(
    `RFC 7873 section 5.2.3: where cookies are demanded, ${transport === 'udp' ? 'nobody is answered without' : 'a connection is as good'}, over ${title}`,
    async (t) => {
      const first = await ask(withCookie(CLIENT, 'www.open.test'))
      const isUdp = transport === 'udp'
      t.equal(first.rcode, isUdp ? RCODE.BADCOOKIE : RCODE.NOERROR)
      t.equal(first.answers.length, isUdp ? 0 : 1)
      const again = await ask(withCookie(cookieOf(first), 'www.open.test'))
      t.equal(again.rcode, RCODE.NOERROR)
      t.equal(again.answers.length, 1)
      const without = await ask({ name: wireName('www.open.test') })
      t.equal(without.isTruncated, isUdp, 'without any the client is sent to TCP')
    },
  )

for (const { title, ask } of typeof ignoring === 'string' ? [] : ignoring)
  t.test(
    `RFC 7873 section 5.2: a server that has no cookies passes them over, over ${title}`,
    async (t) => {
      t.equal(cookieOf(await ask(withCookie(CLIENT))).length, 0)
      t.equal((await ask({ questions: 0, ...withCookie(CLIENT) })).rcode, RCODE.FORMERR)
    },
  )

for (const { title, transport, ask, isSilent } of typeof limited === 'string' ? [] : limited) {
  if (transport !== 'udp') continue
  t.test(
    `RFC 7873 section 5.2.5: a client that shows its cookie is not held to the rate, over ${title}`,
    async (t) => {
      const cookie = cookieOf(await ask(withCookie(CLIENT)))
      for (let i = 0; i < 10; i++) t.equal((await ask(withCookie(cookie))).isTruncated, false)
      const silent = await Promise.all([1, 2].map(() => isSilent(queryOf(withCookie(CLIENT)))))
      t.ok(silent.includes(true), 'and one that has none yet is')
    },
  )
}
