/** The console over TLS, beside the plain one: certificates, names, cookies. */
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { join } from 'node:path'
import t from 'tap'
import { makeAuthority } from '#test/support/list-server.ts'
import { runCollector } from '#test/support/running-collector.ts'
import { shortFolder } from '#test/support/short-folder.ts'

interface Asked {
  readonly url: string
  readonly ca: string
  readonly headers?: Readonly<Record<string, string>>
  readonly servername?: string
  /** Of a form; a GET without. */
  readonly form?: Readonly<Record<string, string>>
}

/** As a browser that trusts only `ca`. */
function ask({ url, ca, headers, servername, form }: Asked): Promise<IncomingMessage> {
  const body = form && new URLSearchParams(form).toString()
  return new Promise((resolve, reject) => {
    const asked = request(url, {
      method: form ? 'POST' : 'GET',
      ca,
      agent: false,
      ...(servername && { servername }),
      headers: {
        ...headers,
        ...(body && { 'content-type': 'application/x-www-form-urlencoded' }),
      },
    })
    asked.on('error', reject)
    asked.on('response', (answer) => {
      answer.resume()
      resolve(answer)
    })
    asked.end(body)
  })
}

t.test(
  'with no files it makes a certificate, and signs people in by cookies for TLS alone',
  async (t) => {
    const folder = shortFolder(t)
    const collector = await runCollector(folder, {
      secure: { host: '127.0.0.1', port: 0 },
      publicHosts: ['https://edge.school.test:8443'],
    })
    t.teardown(() => collector.close())
    const { secureUrl = '', options } = collector
    const file = join(options.stateDir, 'console-tls.pem')
    t.equal(statSync(file).mode & 0o777, 0o600)
    const ca = readFileSync(file, 'utf8')
    t.match(secureUrl, /^https:\/\/127\.0\.0\.1:\d+$/)
    t.equal((await ask({ url: `${secureUrl}/sign-in`, ca })).statusCode, 200)
    t.equal((await fetch(`${collector.consoleUrl}/sign-in`)).status, 200, 'the plain one stays')

    const form = { code: collector.newSignInCode() }
    const signedIn = await ask({
      url: `${secureUrl}/sign-in`,
      ca,
      form,
      headers: { origin: secureUrl },
    })
    t.equal(signedIn.statusCode, 303)
    t.match(
      signedIn.headers['set-cookie']?.join('\n'),
      /^__Host-edge-session=[\w-]{43}; Max-Age=\d+; Path=\/; HttpOnly; Secure; SameSite=Strict$/m,
    )
    const own = { ca, servername: 'edge.school.test', url: `${secureUrl}/sign-in` }
    const named = await ask({ ...own, headers: { host: 'edge.school.test:8443' } })
    t.equal(named.statusCode, 200, 'under its public name, which the certificate has')
    const plainOrigin = await ask({
      url: `${secureUrl}/sign-in`,
      ca,
      form: { code: collector.newSignInCode() },
      headers: { origin: collector.consoleUrl },
    })
    t.equal(plainOrigin.statusCode, 403, 'a form of the plain console is another’s')
    const rebound = await ask({ ...own, headers: { host: 'evil.test' } })
    t.equal(rebound.statusCode, 421)
  },
)

t.test(
  'a certificate of files is served; one that cannot be used is told at the start',
  async (t) => {
    const folder = shortFolder(t)
    const { caFile, certify } = makeAuthority(t.testdir())
    const ca = readFileSync(caFile, 'utf8')
    const pair = certify('localhost')
    const files = { certificate: join(folder, 'own.pem'), key: join(folder, 'own.key') }
    writeFileSync(files.certificate, pair.cert)
    writeFileSync(files.key, pair.key)
    const collector = await runCollector(folder, { secure: { host: 'localhost', port: 0, files } })
    const answer = await ask({ url: `${collector.secureUrl}/sign-in`, ca })
    t.equal(answer.statusCode, 200)
    await collector.close()

    writeFileSync(files.key, 'nonsense')
    await t.rejects(runCollector(folder, { secure: { host: 'localhost', port: 0, files } }), {
      code: 'EDGE_COLLECTOR',
      message: /own\.key is no PEM file/,
    })
  },
)
