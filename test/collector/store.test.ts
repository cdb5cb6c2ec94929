import { join } from 'node:path'
import Database from 'better-sqlite3'
import t from 'tap'
import { migrations } from '#collector/store/migrations.ts'
import { makeSqliteStore, openCollectorFile } from '#collector/store/sqlite-store.ts'
import { openSqlite } from '#platform/sqlite.ts'
import { lookup } from '../support/collector-client.ts'

t.test('a file of the first version is brought up with its events', async (t) => {
  const file = join(t.testdir(), 'old.sqlite')
  const old = openSqlite(file, migrations.slice(0, 1))
  const body = JSON.stringify(lookup({ firstAt: 5000 }))
  old
    .prepare(
      "INSERT INTO event VALUES ('local', 'e1', 'box', 'safeguarding', 'lookup-blocked', 1, 5000, 'Year 9', 'commerce.gambling', 'low', 5000)",
    )
    .run()
  old
    .prepare("INSERT INTO event_revision VALUES ('local', 'e1', 1, 5000, 6000, x'00', ?)")
    .run(body)
  old.close()

  const store = makeSqliteStore(openCollectorFile(file), 10)
  t.match(await store.listSafeguarding('local', {}, { limit: 5 }), {
    events: [{ id: 'e1', receivedAt: 6000, body: { group: 'Year 9' } }],
  })
  t.same(await store.filterChoices('local', 10), {
    groups: ['Year 9'],
    categories: ['commerce.gambling'],
    severities: ['low'],
  })
  store.close()
  makeSqliteStore(openCollectorFile(file), 10).close()
  t.equal(new Database(file).pragma('user_version', { simple: true }), migrations.length)
})

t.test('a file from a newer program is refused', async (t) => {
  const file = join(t.testdir(), 'new.sqlite')
  const db = new Database(file)
  db.pragma('user_version = 999')
  db.close()
  t.throws(() => makeSqliteStore(openCollectorFile(file), 10), { code: 'EDGE_STORE' })
})

t.test('every table is strict and its key begins with the tenant', async (t) => {
  const db = openSqlite(join(t.testdir(), 'new.sqlite'), migrations)
  t.teardown(() => db.close())
  const tables = db
    .prepare<[], { name: string; strict: number }>(
      "SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite%'",
    )
    .all()
  t.ok(tables.length > 5)
  for (const { name, strict } of tables) {
    t.equal(strict, 1, name)
    const first = db
      .prepare<[string], { name: string }>('SELECT name FROM pragma_table_info(?) WHERE pk = 1')
      .get(name)
    t.equal(first?.name, 'tenant_id', name)
  }
})

t.test('sessions and faults are bounded', async (t) => {
  const store = makeSqliteStore(openCollectorFile(join(t.testdir(), 'b.sqlite')), 3)
  t.teardown(() => store.close())
  for (let at = 1; at <= 5; at += 1) {
    const life = { createdAt: at, expiresAt: at + 100, provedAt: at }
    const session = { tokenHash: Buffer.from([at]), account: 'a', address: '192.0.2.1', ...life }
    await store.addSession('local', session, 2)
    await store.noteFault(
      { tenant: 'local', appliance: 'box' },
      { kind: 'k', subject: `s${at}`, detail: 'd' },
      at,
    )
  }
  t.equal(await store.countSessions('local', 6), 2)
  t.same(
    (await store.ingestFaults('local', 10)).map(({ lastAt }) => lastAt),
    [5, 4, 3],
  )
  await store.noteFault(
    { tenant: 'local', appliance: 'box' },
    { kind: 'k', subject: 's5', detail: 'd' },
    9,
  )
  t.match(await store.ingestFaults('local', 1), [{ times: 2, firstAt: 5, lastAt: 9 }])
})
