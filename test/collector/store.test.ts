import { join } from 'node:path'
import Database from 'better-sqlite3'
import t from 'tap'
import { ACCOUNT_TABLES } from '#collector/accounts/account-tables.ts'
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
  t.equal(new Database(file).pragma('user_version', { simple: true }), migrations.at(-1)?.version)
})

t.test(
  'a file of either kind of version 7 has accounts, browsers and the index in the end',
  (t) => {
    const six = migrations.slice(0, 6)
    const kinds = {
      places: migrations.slice(0, 7),
      accounts: [...six, { version: 7, sql: ACCOUNT_TABLES }],
    }
    for (const [kind, before] of Object.entries(kinds)) {
      const file = join(t.testdir(), `${kind}.sqlite`)
      const old = openSqlite(file, before)
      if (kind === 'places')
        old.exec(
          "INSERT INTO push_place VALUES ('local', 'p1', 'dsl', '', 'https://push.test/', '', '', 1)",
        )
      else
        old.exec(
          "INSERT INTO account VALUES ('local', 'a1', 'ada@school.test', 'Ada', '[]', '[]', NULL, NULL, 0, 1)",
        )
      old.close()
      const db = openCollectorFile(file)
      t.equal(db.pragma('user_version', { simple: true }), migrations.at(-1)?.version)
      const count = (table: string): unknown =>
        db.prepare(`SELECT count(*) FROM ${table}`).pluck().get()
      t.equal(count('push_place'), kind === 'places' ? 1 : 0, `${kind}: what was there stays`)
      t.equal(count('account'), kind === 'accounts' ? 1 : 0)
      t.equal(count('audit'), 0)
      t.equal(count("sqlite_master WHERE name = 'alert_observation_place'"), 1)
      t.match(
        db.prepare("SELECT sql FROM sqlite_master WHERE name = 'session'").pluck().get(),
        /account_id/,
      )
      db.close()
    }
    t.end()
  },
)

t.test('a session from before there were accounts is ended', (t) => {
  const file = join(t.testdir(), 'signed-in.sqlite')
  const old = openSqlite(file, migrations.slice(0, 7))
  old.exec("INSERT INTO session VALUES ('local', x'01', 1, 9999999999999)")
  old.close()
  const db = openCollectorFile(file)
  t.equal(db.prepare('SELECT count(*) FROM session').pluck().get(), 0)
  db.close()
  t.end()
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
