/** A store of before timetables: its versions stay as they are, and its answers to requests are known as granted or refused. */
import { join } from 'node:path'
import t from 'tap'
import { makePolicyVersions } from '#collector/policy/policy-versions.ts'
import { migrations } from '#collector/store/migrations.ts'
import { openCollectorFile } from '#collector/store/sqlite-store.ts'
import { openSqlite } from '#platform/sqlite.ts'

t.test('versions and answers of before are kept', (t) => {
  const file = join(t.testdir(), 'old.sqlite')
  const old = openSqlite(file, migrations.slice(0, 12))
  old.exec(`
    INSERT INTO policy_version VALUES ('local', 1, 'a', 1, 'IT', 'Asked for as AAAA-1111: homework', '[]');
    INSERT INTO unblock_decision VALUES ('local', 'box', 'AAAA-1111', 1, 'IT', 'It is open now.', NULL);
    INSERT INTO unblock_decision VALUES ('local', 'box', 'AAAA-111', 1, 'IT', 'No.', NULL);
    INSERT INTO unblock_decision VALUES ('other', 'box', 'AAAA-1111', 1, 'IT', 'No.', NULL);
  `)
  old.close()
  const db = openCollectorFile(file)
  t.teardown(() => db.close())
  const versions = makePolicyVersions(db, 'local')
  t.same(versions.current(), {
    id: 'a',
    version: 1,
    at: 1,
    who: 'IT',
    why: 'Asked for as AAAA-1111: homework',
    rules: [],
  })
  t.same(
    db
      .prepare('SELECT tenant_id, request, granted FROM unblock_decision ORDER BY 1, 2')
      .raw()
      .all(),
    [
      ['local', 'AAAA-111', 0],
      ['local', 'AAAA-1111', 1],
      ['other', 'AAAA-1111', 0],
    ],
  )
  const timetable = { periods: [], days: [] }
  versions.add({ at: 2, who: 'IT', why: 'new', rules: [], timetable })
  t.same(makePolicyVersions(db, 'local').current()?.timetable, timetable, 'read again')
  t.throws(() => db.exec("UPDATE policy_version SET timetable = '{}'"), /never changed/)
  t.end()
})
