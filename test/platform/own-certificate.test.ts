import { X509Certificate } from 'node:crypto'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { keepOwnCertificate } from '#platform/own-certificate.ts'
import { parseDomainName } from '#rules/domain-name.ts'
import { isRuleFailure } from '#rules/rule-failure.ts'
import { shortFolder } from '#test/support/short-folder.ts'

const DAY_MS = 86_400_000
const NOW = Date.parse('2026-09-01T12:00:00Z')
const V4 = Uint8Array.of(192, 0, 2, 1)
const V6 = Uint8Array.from(
  { length: 16 },
  (_, i) => [0x20, 0x01, 0x0d, 0xb8][i] ?? (i === 15 ? 1 : 0),
)

function named(text: string) {
  const name = parseDomainName(text)
  if (isRuleFailure(name)) throw new Error(name.detail)
  return name
}

function keeper(t: Test) {
  const path = join(shortFolder(t), 'dns-tls.pem')
  return {
    path,
    keep: (name: string | undefined, wallMs: number, addresses = [V4, V6]) => {
      keepOwnCertificate(
        path,
        { names: name === undefined ? [] : [named(name)], addresses },
        wallMs,
      )
      return new X509Certificate(readFileSync(path, 'utf8'))
    },
  }
}

t.test('it names the host and its addresses, and is nobody else’s to read', (t) => {
  const { path, keep } = keeper(t)
  const certificate = keep('dns.school.test', NOW)
  t.ok(certificate.checkHost('dns.school.test'))
  t.ok(certificate.checkIP('192.0.2.1'))
  t.ok(certificate.checkIP('2001:db8::1'))
  t.notOk(certificate.checkIP('192.0.2.2'))
  t.ok(certificate.verify(certificate.publicKey))
  t.equal(certificate.publicKey.asymmetricKeyDetails?.namedCurve, 'prime256v1')
  t.equal(statSync(path).mode & 0o777, 0o600)
  t.end()
})

t.test(
  'it is kept until it soon ends, is of the future or lacks a name, and its key for ever',
  (t) => {
    const { keep } = keeper(t)
    const first = keep('dns.school.test', NOW)
    const isFirst = (other: X509Certificate): boolean =>
      other.fingerprint256 === first.fingerprint256
    t.ok(isFirst(keep('dns.school.test', NOW + 330 * DAY_MS)))
    const later = [
      keep('dns.school.test', NOW + 336 * DAY_MS),
      keep('dns.school.test', NOW - 400 * DAY_MS),
      keep('other.school.test', NOW),
      keep('other.school.test', NOW, [V4, V6, Uint8Array.of(192, 0, 2, 9)]),
    ]
    for (const one of later) {
      t.notOk(isFirst(one))
      t.same(
        one.publicKey.export({ type: 'spki', format: 'pem' }),
        first.publicKey.export({ type: 'spki', format: 'pem' }),
      )
    }
    t.end()
  },
)

t.test(
  'a file that is cut off or none of ours is made anew; a time after 2049 is written in full',
  (t) => {
    const { path, keep } = keeper(t)
    keep(undefined, NOW)
    const text = readFileSync(path, 'utf8')
    for (const broken of [
      text.slice(0, 100),
      text.slice(0, -40),
      damaged(text, 60),
      damaged(text, 500),
      '',
      'nonsense',
    ]) {
      writeFileSync(path, broken)
      t.ok(keep(undefined, NOW).checkIP('192.0.2.1'))
    }
    t.match(keep(undefined, Date.parse('2050-06-01')).validTo, /2051/)
    t.end()
  },
)

/** Twenty letters at a place made others. */
function damaged(text: string, at: number): string {
  return `${text.slice(0, at)}${'A'.repeat(20)}${text.slice(at + 20)}`
}
