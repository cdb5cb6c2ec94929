/** EDNS options of answers: extended errors (RFC 8914), keepalive (RFC 7828), padding (RFC 7830, RFC 8467), each only where it belongs. */

import t from 'tap'
import { startRawUpstream } from '#test/support/raw-upstream.ts'
import { makeRules } from '#test/support/test-rules.ts'
import { wireName } from '#test/support/wire-name.ts'
import {
  AT_QUESTION,
  OPTION,
  optionIn,
  optionOf,
  optOf,
  type RawReply,
  RCODE,
  recordOf,
  replyTo,
  TYPE,
  u16,
} from './raw-message.ts'
import { type Asked, isEncrypted, isStream, startRfcServers } from './rfc-server.ts'

const BLOCK_BYTES = 468
/** Of a connection of the test's server, in units of 100 ms. */
const IDLE_UNITS = 20
const DNSSEC_BOGUS = 6
const KINDS = ['localhost', 'www.blocked.test', 'www.open.test', 'x.invalid']

/** By the second label of the name: what the upstream says of it. */
const SAID: Readonly<Record<string, Buffer>> = {
  bogus: errorOf(DNSSEC_BOGUS, Buffer.from('signature is wrong')),
  garbled: errorOf(DNSSEC_BOGUS, Buffer.of(0xff, 0xfe, 0x41)),
}

const upstream = await startRawUpstream(({ message, name, reply }) => {
  const said = SAID[name.toLowerCase().split('.')[1] ?? '']
  reply(
    replyTo(message, {
      answers: [recordOf(AT_QUESTION, TYPE.A, 300, Buffer.of(192, 0, 2, 1))],
      ...(said && { additionals: [optOf({ options: [said] })] }),
    }),
  )
})
t.teardown(() => upstream.close())
const { port: upstreamPort } = upstream
const servers = await startRfcServers(t, { upstreamPort })
const changing = await startRfcServers(t, { upstreamPort })

function errorOf(code: number, text: Buffer): Buffer {
  return optionOf(OPTION.ede, Buffer.concat([u16(code), text]))
}

const errorIn = (reply: RawReply): Buffer | undefined => optionIn(reply, OPTION.ede)
const codeIn = (reply: RawReply): number | undefined => errorIn(reply)?.readUInt16BE(0)
const rules = makeRules([
  ['blocked.test', 'harm.gore'],
  ['denied.test', { kind: 'school-deny', groups: 'all' }],
  ['locked.test', 'illegal.csam'],
])

if (typeof servers !== 'string' && typeof changing !== 'string') {
  for (const { server } of [...servers, ...changing]) server.use(rules)
  for (const [i, way] of servers.entries()) {
    testErrors(way, i)
    testKeepalive(way)
    testPadding(way)
  }
  for (const [i, way] of changing.entries()) testPolicies(way, i)
}

function testErrors({ title, ask }: Asked, i: number): void {
  for (const [section, code, name] of [
    ['4.16', 15, 'www.blocked.test'],
    ['4.17', 16, 'www.locked.test'],
    ['4.18', 17, 'www.denied.test'],
  ] as const)
    t.test(
      `RFC 8914 section ${section}: ${name} is told with ${code}, over ${title}`,
      async (t) => {
        const reply = await ask({ name: wireName(name), opt: optOf() })
        t.equal(reply.rcode, RCODE.NXDOMAIN)
        t.equal(codeIn(reply), code)
        t.match(errorIn(reply)?.toString('utf8', 2), /^[ -~]+$/, 'printable')
      },
    )

  t.test(
    `RFC 8914 section 3: no error where no OPT came or nothing is wrong, over ${title}`,
    async (t) => {
      const plain = await ask({ name: wireName('www.blocked.test') })
      t.equal(plain.rcode, RCODE.NXDOMAIN)
      t.equal(plain.opt, undefined)
      t.equal(errorIn(await ask({ name: wireName('www.open.test'), opt: optOf() })), undefined)
    },
  )

  t.test(
    `RFC 8914 section 2: an upstream's error is passed on, its text if it is UTF-8, over ${title}`,
    async (t) => {
      // Once as it comes, once as it is kept.
      for (const _ of [1, 2]) {
        const bogus = await ask({ name: wireName(`w${i}.bogus.test`), opt: optOf() })
        t.equal(codeIn(bogus), DNSSEC_BOGUS)
        t.equal(errorIn(bogus)?.toString('utf8', 2), 'signature is wrong')
        t.equal((await ask({ name: wireName(`w${i}.bogus.test`) })).opt, undefined)
        const garbled = await ask({ name: wireName(`w${i}.garbled.test`), opt: optOf() })
        t.equal(codeIn(garbled), DNSSEC_BOGUS)
        t.equal(errorIn(garbled)?.length, 2, 'what is no text is left out')
      }
    },
  )
}

/** Policy comes and goes; what is cached has nothing to say of it. */
function testPolicies({ title, ask, server }: Asked, i: number): void {
  t.test(
    `RFC 8914 section 4.16: the error of a block ends with the policy, over ${title}`,
    async (t) => {
      const name = `w${i}.later.test`
      const tell = async (): Promise<readonly unknown[]> => {
        const reply = await ask({ name: wireName(name), opt: optOf() })
        return [reply.rcode, codeIn(reply), reply.answers.length]
      }
      for (const _ of [1, 2]) {
        t.same(await tell(), [RCODE.NOERROR, undefined, 1], 'open, and cached')
        t.same(await tell(), [RCODE.NOERROR, undefined, 1], 'open, from the cache')
        server.use(makeRules([['later.test', 'harm.gore']]))
        t.same(await tell(), [RCODE.NXDOMAIN, 15, 0], 'blocked')
        server.use(rules)
      }
    },
  )
}

function testKeepalive({ title, transport, ask }: Asked): void {
  const where = isStream(transport) ? 'answered' : 'passed over'
  t.test(`RFC 7828 section 3.3: keepalive is ${where} over ${title}`, async (t) => {
    for (const name of KINDS) {
      const options = [optionOf(OPTION.keepalive)]
      const reply = await ask({ name: wireName(name), opt: optOf({ options }) })
      t.same(
        optionIn(reply, OPTION.keepalive),
        isStream(transport) ? u16(IDLE_UNITS) : undefined,
        name,
      )
      const without = await ask({ name: wireName(name), opt: optOf() })
      t.equal(optionIn(without, OPTION.keepalive), undefined, 'not asked for')
    }
  })

  t.test(`RFC 7828 section 3.2.1: a query that names a time, over ${title}`, async (t) => {
    const options = [optionOf(OPTION.keepalive, u16(9))]
    const { rcode } = await ask({ name: wireName('localhost'), opt: optOf({ options }) })
    t.equal(rcode, isStream(transport) ? RCODE.FORMERR : RCODE.NOERROR)
  })
}

function testPadding({ title, transport, ask }: Asked): void {
  const rule = isEncrypted(transport)
    ? 'RFC 8467 section 4.1: padded to blocks of 468 bytes for who pads'
    : 'RFC 7830 section 6: not padded, for anybody can read it'
  t.test(`${rule}, over ${title}`, async (t) => {
    for (const name of KINDS) {
      const padded = optionOf(OPTION.padding, Buffer.alloc(8))
      const reply = await ask({ name: wireName(name), opt: optOf({ options: [padded] }) })
      const padding = optionIn(reply, OPTION.padding)
      if (isEncrypted(transport)) t.equal(reply.bytes.length, BLOCK_BYTES, name)
      else t.equal(padding, undefined, name)
      const both = [optionOf(OPTION.keepalive), padded]
      const more = await ask({ name: wireName(name), opt: optOf({ options: both }) })
      if (isEncrypted(transport)) t.equal(more.bytes.length, BLOCK_BYTES, `${name}, with keepalive`)
      t.ok(padding?.every((byte) => byte === 0) ?? true, 'of zeroes')
    }
  })

  t.test(`RFC 7830 section 4: no padding where none came, over ${title}`, async (t) => {
    for (const name of KINDS) {
      const reply = await ask({ name: wireName(name), opt: optOf() })
      t.equal(optionIn(reply, OPTION.padding), undefined, name)
      t.equal((await ask({ name: wireName(name) })).opt, undefined, `${name}, without OPT`)
    }
  })
}
