/** What of an upstream's answer reaches a client: flags, extended errors, and bytes; raw messages on both sides. */

import t, { type Test } from 'tap'
import { optRecord, rawQuery, record } from '#test/fuzz/raw-query.ts'
import { type AgentProcess, startAgentProcess } from '#test/support/agent-process.ts'
import { askRaw } from '#test/support/dns-client.ts'
import { makeAuthority } from '#test/support/list-server.ts'
import { startRawUpstream } from '#test/support/raw-upstream.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import { startDotUpstream } from '#test/support/tls-upstream.ts'
import { wireName } from '#test/support/wire-name.ts'

const AA = 0x0400
const AD = 0x0020
const DO = 0x8000
const POINTER = Buffer.from([0xc0, 12])
const SIGNATURE = Buffer.from(
  `00010d020000012c6a000000690000001234${Buffer.from(wireName('Example.ORG')).toString('hex')}${'ab'.repeat(64)}`,
  'hex',
)

interface Reply {
  readonly flags: number
  readonly bytes: Buffer
  /** Of the OPT record, which stands last. */
  readonly options: Buffer
}

/** A query of the client's; AD and DO as told. */
async function query(
  agent: AgentProcess,
  name: string,
  { flags = 0, ednsFlags = 0, hasOpt = true } = {},
): Promise<Reply> {
  const { bytes } = rawQuery(wireName(name), 1, hasOpt ? optRecord(1232, ednsFlags) : undefined)
  bytes.writeUInt16BE(0x4242, 0)
  bytes.writeUInt16BE(0x0100 | flags, 2)
  const reply = (await askRaw(bytes, agent)) ?? Buffer.alloc(12)
  const optAt = reply.lastIndexOf(Buffer.from([0, 0, 41, 4, 208]))
  return {
    flags: reply.readUInt16BE(2),
    bytes: reply,
    options: optAt < 0 ? Buffer.alloc(0) : reply.subarray(optAt + 11),
  }
}

/** An answer with records and options as told; flags of an upstream that says it all: AA, AD, RA. */
function answer(
  message: Buffer,
  records: readonly Buffer[],
  options: Buffer = Buffer.alloc(0),
  rcode = 0,
) {
  const end = message.indexOf(0, 12) + 5
  const head = Buffer.from(message.subarray(0, end))
  head.writeUInt16BE(0x8180 | AA | AD | rcode, 2)
  head.writeUInt16BE(1, 4)
  head.writeUInt16BE(records.length, 6)
  head.writeUInt16BE(0, 8)
  head.writeUInt16BE(1, 10)
  return Buffer.concat([head, ...records, optRecord(1232, DO, options)])
}

function extendedError(code: number, text: Buffer): Buffer {
  const out = Buffer.alloc(6)
  out.writeUInt16BE(15, 0)
  out.writeUInt16BE(2 + text.length, 2)
  out.writeUInt16BE(code, 4)
  return Buffer.concat([out, text])
}

const address = record(POINTER, 1, Buffer.from([192, 0, 2, 1]))
const signature = record(POINTER, 46, SIGNATURE)

function scripted(message: Buffer): Buffer {
  const name = message.toString('latin1', 13, message.indexOf(0, 12)).toLowerCase()
  if (name.startsWith('bogus'))
    return answer(message, [], extendedError(6, Buffer.from('signature is wrong')), 2)
  if (name.startsWith('long'))
    return answer(message, [address], extendedError(3, Buffer.from(`é\n${'x'.repeat(400)}`)))
  if (name.startsWith('garbled'))
    return answer(message, [address], extendedError(9, Buffer.from([0xff, 0xfe, 0x41])))
  if (name.startsWith('broken')) return answer(message, [address], Buffer.from([0, 15, 0, 200, 1]))
  return answer(message, [address, signature])
}

async function start(t: Test, upstream: Readonly<Record<string, unknown>>): Promise<AgentProcess> {
  const agent = await startAgentProcess({
    folder: shortFolder(t),
    upstreamPorts: [],
    config: { upstreams: [{ address: '127.0.0.1', ...upstream }] },
  })
  t.teardown(() => agent.stop())
  return agent
}

t.test(
  'RFC 6840 section 5.8: AD is passed on where the upstream is trusted to say it',
  { timeout: 110_000 },
  async (t) => {
    const plain = await startRawUpstream(({ message, reply }) => reply(scripted(message)))
    const authority = makeAuthority(shortFolder(t))
    const dot = await startDotUpstream(authority.certify('dns.example.org'), scripted)
    t.teardown(() => Promise.all([plain.close(), dot.close()]))
    const tls = { port: dot.port, transport: 'dot', name: 'dns.example.org', ca: authority.caFile }
    const cases = [
      { what: 'not marked', upstream: { port: plain.port }, isTrusted: false },
      { what: 'loopback', upstream: { port: plain.port, validates: true }, isTrusted: true },
      { what: 'dot, not marked', upstream: tls, isTrusted: false },
      { what: 'dot', upstream: { ...tls, validates: true }, isTrusted: true },
    ]
    for (const { what, upstream, isTrusted } of cases) {
      const agent = await start(t, upstream)
      // Twice: once forwarded, once from the cache.
      for (const from of ['forwarded', 'cached']) {
        const withDo = await query(agent, 'www.example.org', { ednsFlags: DO })
        t.equal(withDo.flags & AD, isTrusted ? AD : 0, `${what}, ${from}, DO`)
        t.equal(withDo.flags & AA, 0, `${what}, ${from}: no AA`)
        t.ok(withDo.bytes.includes(SIGNATURE), `${what}, ${from}: the signature byte for byte`)
      }
      const withAd = await query(agent, 'www.example.org', { flags: AD })
      t.equal(withAd.flags & AD, isTrusted ? AD : 0, `${what}, AD`)
      const without = await query(agent, 'www.example.org')
      t.equal(without.flags & AD, 0, `${what}: a client that asks for neither`)
      await agent.stop()
    }
  },
)

t.test(
  'RFC 8914 section 2: extended errors of the upstream are passed on, made harmless',
  { timeout: 110_000 },
  async (t) => {
    const upstream = await startRawUpstream(({ message, reply }) => reply(scripted(message)))
    t.teardown(() => upstream.close())
    const agent = await start(t, { port: upstream.port })
    const bogus = await query(agent, 'bogus.example.org')
    t.equal(bogus.flags & 0xf, 2)
    t.same(bogus.options, extendedError(6, Buffer.from('signature is wrong')))
    for (const from of ['forwarded', 'cached']) {
      const long = await query(agent, 'long.example.org')
      t.same(long.options, extendedError(3, Buffer.from(`??${'x'.repeat(118)}`)), from)
      const garbled = await query(agent, 'garbled.example.org')
      t.same(garbled.options, extendedError(9, Buffer.alloc(0)), `no UTF-8, ${from}`)
      const broken = await query(agent, 'broken.example.org')
      t.equal(broken.options.length, 0, `option cut short, ${from}`)
      const withoutOpt = await query(agent, 'long.example.org', { hasOpt: false })
      t.notOk(withoutOpt.bytes.includes('xxxx'), `no OPT, no error, ${from}`)
    }
  },
)
