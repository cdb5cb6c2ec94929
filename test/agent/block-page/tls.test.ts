/** The page over HTTPS with certificates made by openssl. */
import { execFileSync } from 'node:child_process'
import { copyFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect } from 'node:tls'
import t from 'tap'
import { freeDnsPort } from '#test/support/free-port.ts'
import { startPageAgent, until } from '#test/support/page-agent.ts'
import { visit } from '#test/support/page-client.ts'
import { shortFolder } from '#test/support/short-folder.ts'

/** Makes a key and a certificate for a name, as a school's own authority might. */
function makePair(folder: string, name: string, days: number): void {
  const [key, certificate] = [join(folder, `${name}.key`), join(folder, `${name}.crt`)]
  const words = ['-keyout', key, '-out', certificate, '-days', String(days), '-subj', `/CN=${name}`]
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', ...words],
    {
      stdio: 'ignore',
    },
  )
}

/** Whom the certificate names, or the code of what went wrong. */
function subjectOf(port: number, maxVersion: 'TLSv1.1' | 'TLSv1.3' = 'TLSv1.3'): Promise<string> {
  return new Promise((resolve) => {
    const options = {
      port,
      host: '127.0.0.1',
      rejectUnauthorized: false,
      minVersion: 'TLSv1.1',
      maxVersion,
      ciphers: 'DEFAULT@SECLEVEL=0',
    } as const
    const socket = connect(options, () => {
      resolve(String(socket.getPeerCertificate().subject.CN))
      socket.destroy()
    })
    socket.on('error', (error) => resolve('code' in error ? String(error.code) : error.message))
  })
}

t.test(
  'a certificate that comes, changes, breaks and runs out',
  { timeout: 110_000 },
  async (t) => {
    const folder = shortFolder(t)
    const port = await freeDnsPort()
    const tls = {
      listen: [{ address: '127.0.0.1', port }],
      certificate: 'page.crt',
      key: 'page.key',
    }
    const use = (name: string): void => {
      for (const end of ['crt', 'key']) {
        copyFileSync(join(folder, `${name}.${end}`), join(folder, `page.${end}.new`))
        renameSync(join(folder, `page.${end}.new`), join(folder, `page.${end}`))
      }
    }
    const { edge, visit: visitPlain } = await startPageAgent(t, { folder, page: { tls } })
    const status = async (): Promise<string> => (await edge('status')).out
    t.match(await status(), /certificate: .*page\.crt cannot be read: ENOENT/)
    t.equal((await visitPlain('social.test')).status, 403, 'plain HTTP goes on')
    t.equal(await subjectOf(port), 'ECONNREFUSED')

    for (const [name, days] of [
      ['one', 90],
      ['two', 90],
      ['soon', 5],
    ] as const)
      makePair(folder, name, days)
    use('one')
    await until(async () => (await subjectOf(port)) === 'one', 'the first certificate')
    const page = await visit({ port, host: `social.test:${port}`, tls: true })
    t.match(page, { status: 403, text: /This page is blocked at school/ })
    t.not(await subjectOf(port, 'TLSv1.1'), 'one', 'TLS 1.2 at least')
    t.match(
      await status(),
      /block page {2}on: http .*, https 127\.0\.0\.1:\d+, certificate \(valid until /,
    )

    use('two')
    await until(async () => (await subjectOf(port)) === 'two', 'the second one')
    copyFileSync(join(folder, 'one.key'), join(folder, 'page.key'))
    await until(
      async () => /make no TLS server: .*; the old one stays/.test(await status()),
      'the fault',
    )
    t.equal(await subjectOf(port), 'two')
    writeFileSync(join(folder, 'page.crt'), 'no certificate')
    await until(
      async () => (await status()).includes('is no PEM file; the old one stays'),
      'a text',
    )
    t.equal(await subjectOf(port), 'two')
    use('soon')
    await until(
      async () => /block page {2}faulty: .*valid until/.test(await status()),
      'a warning in time',
    )
    t.equal((await visit({ port, host: 'social.test', tls: true })).status, 403)
  },
)
