/** DNS over TLS and HTTPS as a school has it: an agent started by its command line, asked by dig and by bytes. */

import type { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { copyFileSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect, type TLSSocket } from 'node:tls'
import t, { type Test } from 'tap'
import { rawQuery } from '#test/fuzz/raw-query.ts'
import { askRaw } from '#test/support/dns-client.ts'
import { dig, makePair, metric, startEncryptedAgent } from '#test/support/encrypted-agent.ts'
import { until } from '#test/support/page-agent.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import { wireName } from '#test/support/wire-name.ts'

const NAME = 'dns.school.test'

async function open(t: Test, port: number): Promise<TLSSocket> {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false })
  socket.on('error', () => undefined)
  t.teardown(() => socket.destroy())
  await once(socket, 'secureConnect')
  return socket
}

/** Of the certificate that is shown. */
async function shown(t: Test, port: number): Promise<X509Certificate> {
  const socket = await open(t, port)
  const certificate = socket.getPeerX509Certificate()
  socket.destroy()
  if (!certificate) throw new Error('no certificate')
  return certificate
}

t.test("dig over TLS and HTTPS, with a certificate of the box's own", async (t) => {
  const agent = await startEncryptedAgent(t, { tls: { name: NAME } })
  for (const [port, how] of [
    [agent.dotPort, '+tls'],
    [agent.dohPort, '+https'],
    [agent.dohPort, '+https-get'],
  ] as const) {
    t.match(
      await dig(port, how, 'www.example.org'),
      /www\.example\.org\.\s+\d+\s+IN\s+A\s+192\.0\.2\.10/,
    )
    const blocked = await dig(port, how, 'blocked.test')
    t.match(blocked, /status: NXDOMAIN/, how)
    t.match(blocked, /EDE: 17/, how)
    t.match(await dig(port, how, '+padding=128', 'localhost'), /MSG SIZE {2}rcvd: 468/, how)
    t.match(await dig(agent.port, NAME, 'A', '+short'), /^127\.0\.0\.1$/m, 'our own name')
  }
  const file = join(agent.stateDir, 'agent', 'dns-tls.pem')
  t.equal(statSync(file).mode & 0o777, 0o600)
  const strict = ['+tls-ca=/dev/null', '+tls']
  t.notMatch(await dig(agent.dotPort, ...strict, 'localhost').catch(() => ''), /127\.0\.0\.1\n/)
  writeFileSync(
    join(agent.folder, 'ca.pem'),
    /-----BEGIN CERT[^]*/.exec(readFileSync(file, 'utf8'))?.[0] ?? '',
  )
  const checked = [`+tls-ca=${join(agent.folder, 'ca.pem')}`, `+tls-hostname=${NAME}`, '+tls']
  t.match(await dig(agent.dotPort, ...checked, 'localhost', '+short'), /^127\.0\.0\.1$/m)
  const certificate = await shown(t, agent.dotPort)
  t.equal(certificate.checkIP('127.0.0.1'), '127.0.0.1')
  t.ok(await metric(agent, 'edge_dns_queries_total{result="blocked",transport="dot"}'))
  t.ok(await metric(agent, 'edge_dns_queries_total{result="blocked",transport="doh"}'))
  const held = await open(t, agent.dotPort)
  t.equal(await metric(agent, 'edge_dns_connections_open{transport="dot"}'), 1)
  held.destroy()
  const refused = 'edge_dns_connections_refused_total{transport="dot",reason="handshake"}'
  const before = await metric(agent, refused)
  const wrong = connect({
    port: agent.dotPort,
    host: '127.0.0.1',
    rejectUnauthorized: false,
    ALPNProtocols: ['h3'],
  })
  wrong.on('error', () => undefined)
  await new Promise<void>((resolve) => wrong.once('close', () => resolve()))
  await until(async () => (await metric(agent, refused)) === before + 1, 'the refusal')
})

t.test(
  'a certificate that comes, changes and breaks, without a connection lost',
  { timeout: 90_000 },
  async (t) => {
    const folder = shortFolder(t)
    const use = (name: string): void => {
      for (const end of ['crt', 'key']) {
        copyFileSync(join(folder, `${name}.${end}`), join(folder, `dns.${end}.new`))
        renameSync(join(folder, `dns.${end}.new`), join(folder, `dns.${end}`))
      }
    }
    const tls = { name: NAME, certificate: 'dns.crt', key: 'dns.key' }
    // Certificates are looked at every few seconds, and a connection is held meanwhile.
    const config = { limits: { 'tcp-idle-ms': 90_000 } }
    const agent = await startEncryptedAgent(t, { folder, tls, config })
    t.match(agent.log(), /dns\.crt cannot be read: ENOENT/)
    const reply = await askRaw(rawQuery(wireName('blocked.test'), 1).bytes, agent)
    t.equal((reply?.readUInt16BE(2) ?? 0) & 0xf, 3, 'plain DNS goes on')
    t.equal(
      await askRaw(rawQuery(wireName('localhost'), 1).bytes, {
        port: agent.dotPort,
        transport: 'dot',
      }),
      undefined,
    )
    makePair(folder, NAME)
    makePair(folder, 'other.test')
    use(NAME)
    const subject = (): Promise<string> =>
      shown(t, agent.dotPort).then(
        (certificate) => certificate.subject,
        () => '',
      )
    const within = async (f: () => Promise<boolean>): Promise<boolean> => {
      for (let i = 0; i < 60 && !(await f()); i++) await sleep(200)
      return f()
    }
    t.ok(await within(async () => (await subject()) === `CN=${NAME}`), 'the first')
    const held = await open(t, agent.dotPort)
    use('other.test')
    t.ok(await within(async () => (await subject()) === 'CN=other.test'), 'the second')
    t.match(agent.log(), /dns\.crt is no certificate of dns\.school\.test/)
    writeFileSync(join(folder, 'dns.key'), 'no key')
    t.ok(await within(async () => /dns\.key is no PEM file; the old one stays/.test(agent.log())))
    t.equal(await subject(), 'CN=other.test')
    const { bytes } = rawQuery(wireName('localhost'), 1)
    held.write(Buffer.concat([Buffer.of(0, bytes.length), bytes]))
    const [answer] = (await once(held, 'data')) as [Buffer]
    t.ok(answer.includes(Buffer.of(127, 0, 0, 1)), 'the connection of the first goes on')
  },
)
