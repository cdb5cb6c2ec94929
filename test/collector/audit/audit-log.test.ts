/** The record of who looked: complete, readable by few, inert as a file, and broken rows are found. */
import { join } from 'node:path'
import Database from 'better-sqlite3'
import t from 'tap'
import { makeAuditLog } from '#collector/audit/audit-log.ts'
import { COLLECTOR_LIMITS } from '#collector/config/collector-limits.ts'
import { openCollectorFile } from '#collector/store/sqlite-store.ts'
import { isFailure } from '#domain/failure.ts'
import { systemClock } from '#platform/clock.ts'
import { lookup } from '#test/support/collector-client.ts'
import { makeFakeWallClock } from '#test/support/fake-wall-clock.ts'
import { makePerson, signInByCode, signInWith } from '#test/support/people.ts'
import { postForm } from '#test/support/post-form.ts'
import { runCollector } from '#test/support/running-collector.ts'
import { shortFolder } from '#test/support/short-folder.ts'

t.test('what is looked at, taken out, changed or refused is on record', async (t) => {
  const clock = makeFakeWallClock()
  const collector = await runCollector(shortFolder(t), { clock })
  t.teardown(() => collector.close())
  await collector.client({ now: clock.wallMs }).report(lookup())
  const lead = await makePerson(collector, { roles: ['dsl'] })
  const auditor = await makePerson(collector, { roles: ['auditor'] })
  const read = async (path: string, cookie = lead.cookie): Promise<string> =>
    (await collector.page(path, cookie)).text()
  const event = /href="(\/events\/[\w-]+)"/.exec(await read('/events'))?.[1] ?? ''
  await read(event)
  await read(`${event}?fragment=detail`)
  await read('/events?group=Year+9&fragment=rows')
  await read('/devices?text=%3Dcmd%7C%27%2Fc+calc%27%21A1')
  await read('/alerts/none')
  await read('/events', auditor.cookie)
  await signInWith(collector, lead, { code: '000000', password: 'wrong password' })
  await signInWith(collector, { email: 'secret-typed-here' }, { code: '1', password: 'x' })
  await postForm(
    `${collector.consoleUrl}/account/hidden`,
    { users: 'kid' },
    { cookie: lead.cookie },
  )
  await signInByCode(collector)
  const html = (await read('/audit', auditor.cookie)).replaceAll(/\s+/g, ' ')
  const rows = [...html.matchAll(/<tr class="govuk-table__row" role="row">(.*?)<\/tr>/g)].map(
    ([, row]) => (row ?? '').replaceAll(/<[^>]*>/g, '|').replaceAll(/[\s|]*\|[\s|]*/g, '|'),
  )
  const has = (who: string, what: string, subject: string): number =>
    rows.filter((row) => row.includes(`|${who}|${what}|${subject}`)).length
  // Of an id as much as tells one from another; the file has all of it.
  const shown = event.replace(/([0-9a-f]{8})-[0-9a-f-]{27}/, '$1…')
  t.equal(has(lead.email, 'Opened an event', shown), 1, 'once, however often an open page asks')
  t.equal(has(lead.email, 'Listed or searched events', '/events?group=Year 9|127.0.0.1'), 1)
  t.equal(has(lead.email, 'Listed or searched devices', '/devices?text==cmd|'), 1)
  t.equal(has(lead.email, 'Opened an alert', '/alerts/none'), 1, 'also what was not there')
  t.equal(has(auditor.email, 'Was refused', '/events'), 1)
  t.equal(has(lead.email, 'Failed to sign in', 'wrong'), 1)
  t.equal(has('Unknown account', 'Failed to sign in', 'wrong'), 1)
  t.equal(has(lead.email, 'Changed who is hidden from an account', lead.email), 1)
  t.equal(has('One-time code', 'Signed in by one-time code', ''), 3)
  t.equal(has('One-time code', 'Made a link for an account', `${lead.email}: dsl`), 1)
  t.notMatch(html, /secret-typed-here/, 'what was typed may be a password')
  t.notMatch(html, />kid</)

  const file = await read('/audit.csv', auditor.cookie)
  t.match(file, /^\ufeff?"Number","When","Who","What","Of what","From where"\r\n/)
  t.notMatch(file, /(?:^|,)"[=+\-@|%]/m, 'no cell is a formula')
  t.match(await read('/audit', auditor.cookie), /Took a file/)
  t.match(await read('/audit?check=yes', auditor.cookie), /Checked: \d+ rows, none changed/)
  t.match(await read('/audit/alerts?check=yes', auditor.cookie), /Checked: \d+ rows?, none changed/)
  clock.advance(300_000)
  await read(event)
  t.equal(
    (await read('/audit', auditor.cookie)).split(shown).length - 1,
    2,
    'later it counts again',
  )
})

t.test(
  'a row that was changed, taken out or cut off is found; none can be changed by mistake',
  (t) => {
    const file = join(t.testdir(), 'a.sqlite')
    const db = openCollectorFile(file)
    const options = { tenant: 'local', clock: systemClock, limits: COLLECTOR_LIMITS }
    const log = makeAuditLog({ db, ...options })
    t.equal(log.verify(), 0)
    for (let number = 1; number <= 20; number += 1)
      log.note({ who: 'a', what: 'signed-in', subject: String(number), address: '192.0.2.1' })
    t.equal(log.verify(), 20)
    t.throws(() => db.exec("UPDATE audit SET who = 'b'"), /never changed/)
    t.throws(() => db.exec('DELETE FROM audit'), /never deleted/)
    db.close()
    for (const tamper of [
      "UPDATE audit SET who = 'b' WHERE sequence = 7",
      'UPDATE audit SET at = at + 1 WHERE sequence = 1',
      'DELETE FROM audit WHERE sequence = 7',
      'DELETE FROM audit WHERE sequence = 20',
      'UPDATE audit SET sequence = 21 WHERE sequence = 3',
    ]) {
      const copy = `${file}-${tamper.length}`
      const raw = new Database(file)
      raw.exec(`VACUUM INTO '${copy}'`)
      raw.close()
      const other = openCollectorFile(copy)
      other.exec('DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete')
      other.exec(tamper)
      t.ok(isFailure(makeAuditLog({ db: other, ...options }).verify()), tamper)
      other.close()
    }
    t.end()
  },
)

t.test('the memory of repeats is bounded', (t) => {
  const db = openCollectorFile(join(t.testdir(), 'b.sqlite'))
  t.teardown(() => db.close())
  const limits = { auditRepeatMs: 1000, auditRepeatsMax: 2 }
  const log = makeAuditLog({ db, tenant: 'local', clock: makeFakeWallClock(), limits })
  const look = (subject: string): void =>
    log.note({ who: 'a', what: 'alert-opened', subject, address: '' })
  for (const subject of ['1', '1', '2', '3', '3', '1']) look(subject)
  t.same(
    log.read(Number.MAX_SAFE_INTEGER, 10).map(({ subject }) => subject),
    ['1', '3', '2', '1'],
    'the first is forgotten, so it is noted again',
  )
  t.end()
})
