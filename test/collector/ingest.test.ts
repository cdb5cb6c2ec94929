import { rmSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { makeSqliteStore, openCollectorFile } from '#collector/store/sqlite-store.ts'
import { isFailure } from '#domain/failure.ts'
import { BATCH_BYTES_MAX, BATCH_PATH, STATUS_PATH } from '#domain/ingest.ts'
import { signRequest } from '#platform/http-signing.ts'
import { lookup, makeEvent, makeStatus } from '../support/collector-client.ts'
import { runCollector } from '../support/running-collector.ts'
import { shortFolder } from '../support/short-folder.ts'

const sent = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => makeEvent(lookup(), from + index))

t.test('exactly once', async (t) => {
  const folder = shortFolder(t)
  const collector = await runCollector(folder)
  t.teardown(() => collector.close())
  const box = collector.client()
  const events = sent(1, 10)
  const marks = async (answer: Response) => {
    t.equal(answer.status, 200)
    const receipt: { epoch: string; marks: { safeguarding: number } } = JSON.parse(
      await answer.text(),
    )
    t.equal(receipt.epoch, 'epoch-1')
    return receipt.marks.safeguarding
  }

  t.equal(await marks(await box.postBatch(box.batch(events.slice(0, 4)))), 4)
  t.equal(
    await marks(await box.postBatch(box.batch(events.slice(0, 4)))),
    4,
    'a repeat changes nothing',
  )
  t.equal(
    await marks(await box.postBatch(box.batch(events.slice(7)))),
    4,
    'later ones do not move the mark',
  )
  const cookie = await collector.signIn()
  t.match(
    await (await collector.page('/appliances', cookie)).text(),
    '3 safeguarding events missing after number 4',
  )
  t.equal(
    await marks(await box.postBatch(box.batch(events.slice(2, 9)))),
    10,
    'an overlap fills the gap',
  )
  t.notMatch(await (await collector.page('/appliances', cookie)).text(), 'missing after number')

  const other = { ...events[3], body: lookup({ count: 99 }) }
  const fresh = makeEvent(lookup({ group: 'Not stored' }), 11)
  const conflict = await box.postBatch({ ...box.batch([]), events: [other, fresh] })
  t.equal(conflict.status, 409)
  t.match(JSON.parse(await conflict.text()), { failure: 'conflicting-event' })
  const metrics = await (await fetch(`${collector.metricsUrl}/metrics`)).text()
  t.match(metrics, 'edge_collector_refusals_total{reason="conflict"} 1')
  t.match(metrics, 'edge_collector_events_total{lane="safeguarding"} 10')
  t.match(metrics, 'edge_collector_events_repeated_total 8')

  await box.postStatus(makeStatus(box.appliance))
  t.match(
    await (await collector.page('/events', cookie)).text(),
    'may hold back later ones',
    'the strip over the events says so',
  )
  t.match(
    await (await collector.page('/knowledge', cookie)).text(),
    'came before with another body',
    'the conflict is shown as a fault',
  )
  t.equal(
    await marks(await box.postBatch(box.batch([fresh]))),
    11,
    'nothing of the refused batch was kept',
  )
  const list = await (await collector.page('/events', cookie)).text()
  t.equal(list.match(/data-event=/g)?.length, 11)
})

t.test('two epochs of a box are told apart, revisions replace only upwards', async (t) => {
  const folder = shortFolder(t)
  const collector = await runCollector(folder)
  const box = collector.client()
  const first = makeEvent(lookup({ count: 1 }), 1)
  const second = { ...first, sequence: 2, revision: 2, body: lookup({ count: 5 }) }
  t.equal((await box.postBatch(box.batch([second]))).status, 200)
  t.equal((await box.postBatch(box.batch([first]))).status, 200)
  t.equal(
    (await box.postBatch({ ...box.batch([first]), epoch: 'epoch-2' })).status,
    200,
    'the same draft under a new key',
  )
  const changed = { ...first, body: lookup({ count: 7 }) }
  t.equal((await box.postBatch({ ...box.batch([changed]), epoch: 'epoch-3' })).status, 409)
  const thief = collector.client()
  const stolen = { ...first, revision: 3, body: lookup({ group: 'Nobody' }) }
  t.equal((await thief.postBatch(thief.batch([stolen]))).status, 409, 'an event of another box')
  await collector.close()

  const store = makeSqliteStore(openCollectorFile(join(folder, 'c', 'collector.sqlite')), 10)
  t.teardown(() => store.close())
  const { events } = await store.listSafeguarding('local', {}, { limit: 10 })
  t.match(events, [{ revision: 2, body: { count: 5 } }])
  t.equal((await store.revisionsOf('local', first.id, 10)).length, 2)
  t.same(events.length, 1)
})

t.test('who may deliver', async (t) => {
  const collector = await runCollector(shortFolder(t), { limits: { noncesPerApplianceMax: 3 } })
  t.teardown(() => collector.close())
  const box = collector.client()
  const url = new URL(BATCH_PATH, collector.consoleUrl)
  const text = JSON.stringify(box.batch([]))

  const stranger = collector.client({ isEnrolled: false })
  t.equal(
    (await stranger.postBatch(stranger.batch([]))).status,
    403,
    'an appliance that is not enrolled',
  )
  t.equal(
    (await box.postBatch({ ...box.batch([]), appliance: stranger.appliance })).status,
    403,
    'a batch of another',
  )
  t.equal((await box.postStatus(makeStatus(stranger.appliance))).status, 403, 'a status of another')

  const headers = signRequest(box.key, url, text, Date.now())
  t.equal((await box.post(BATCH_PATH, `${text} `, headers)).status, 401, 'another body than signed')
  t.equal((await box.post(STATUS_PATH, text, headers)).status, 401, 'another path than signed')
  const old = signRequest(box.key, url, text, Date.now() - 301_000)
  t.equal((await box.post(BATCH_PATH, text, old)).status, 401, 'too old')
  t.equal(
    (await box.post(BATCH_PATH, text, { 'content-type': 'application/json' })).status,
    401,
    'unsigned',
  )
  const elsewhere = signRequest(
    box.key,
    new URL(BATCH_PATH, 'http://collector.test'),
    text,
    Date.now(),
  )
  t.equal((await box.post(BATCH_PATH, text, elsewhere)).status, 401, 'signed for another collector')

  t.equal((await box.post(BATCH_PATH, text, headers)).status, 200)
  const replay = await box.post(BATCH_PATH, text, headers)
  t.equal(replay.status, 401)
  t.match(JSON.parse(await replay.text()), { failure: 'replayed' })
  t.equal((await box.postBatch(box.batch([]))).status, 429, 'more nonces than are remembered')
  t.equal(
    (
      await box.post(BATCH_PATH, text, {
        ...headers,
        cookie: await collector.signIn(),
        'signature-input': '',
      })
    ).status,
    401,
    'a session is no signature',
  )
})

t.test('a removed enrolment is refused', async (t) => {
  const folder = shortFolder(t)
  const collector = await runCollector(folder)
  t.teardown(() => collector.close())
  const box = collector.client()
  t.equal((await box.postBatch(box.batch([]))).status, 200)
  rmSync(join(folder, 'enrolled', `${box.appliance}.json`))
  t.equal((await box.postBatch(box.batch([]))).status, 403)
})

t.test('what is delivered', async (t) => {
  const collector = await runCollector(shortFolder(t))
  t.teardown(() => collector.close())
  const box = collector.client()
  const refused = async (batch: unknown, status: number, detail: string | RegExp) => {
    const answer = await box.postBatch(batch)
    t.equal(answer.status, status)
    t.match(await answer.text(), detail)
  }
  const event = makeEvent(lookup(), 1)
  await refused(box.batch(sent(1, 501)), 400, 'malformed')
  await refused({ ...box.batch([]), padding: 'x'.repeat(BATCH_BYTES_MAX) }, 413, 'too-large')
  await refused(
    { ...box.batch([]), events: Array.from({ length: 501 }, () => ({})) },
    400,
    'malformed',
  )
  await refused(
    { ...box.batch([]), events: [{ ...event, body: { kind: 'lookup-wished<b>' } }] },
    400,
    /lookup-wished<b>.{3,5}is not known here/,
  )
  await refused({ ...box.batch([]), events: [{ ...event, lane: 'operations' }] }, 400, 'wrong lane')
  await refused(box.batch([makeEvent(lookup(), 2), makeEvent(lookup(), 1)]), 400, 'out of order')
  await refused(
    box.batch([makeEvent(lookup({ group: 'x'.repeat(101) }), 1)]),
    400,
    /events\[0\]\.body\.group/,
  )
  await refused('[[', 400, 'malformed')
  const deep = JSON.parse(`${'['.repeat(50)}${']'.repeat(50)}`)
  await refused({ ...box.batch([]), events: [{ ...event, extra: deep }] }, 400, 'nested deeper')
  t.equal((await box.post(BATCH_PATH, '{"v":1')).status, 400)
  await box.postStatus(makeStatus(box.appliance, { metrics: [] }))
  const knowledge = await collector.page('/knowledge', await collector.signIn())
  t.match(await knowledge.text(), 'A batch was refused', 'the school can see that a box is stuck')
  t.equal(
    (await box.postBatch({ ...box.batch([]), events: [{ ...event, newer: true }] })).status,
    200,
    'a field of a newer box is let pass',
  )
})

t.test('names of illegal material are not written down', async (t) => {
  const folder = shortFolder(t)
  const collector = await runCollector(folder)
  const box = collector.client()
  await box.report(
    lookup({ category: 'illegal.csam', name: { form: 'clear', name: 'forbidden.example.org' } }),
  )
  await collector.close()
  const store = makeSqliteStore(openCollectorFile(join(folder, 'c', 'collector.sqlite')), 10)
  t.teardown(() => store.close())
  const { events } = await store.listSafeguarding('local', {}, { limit: 10 })
  t.match(events, [{ body: { name: { form: 'hash' } } }])
  t.notMatch(JSON.stringify(events), 'forbidden')
})

t.test('the list is read a page at a time, each event once', async (t) => {
  const folder = shortFolder(t)
  const collector = await runCollector(folder)
  const box = collector.client()
  const events = Array.from({ length: 25 }, (_, index) =>
    makeEvent(lookup({ firstAt: 1000 + Math.floor(index / 3) }), index + 1),
  )
  await box.postBatch(box.batch(events))
  await collector.close()
  const store = makeSqliteStore(openCollectorFile(join(folder, 'c', 'collector.sqlite')), 10)
  t.teardown(() => store.close())
  const seen: string[] = []
  for (let after: { firstAt: number; id: string } | undefined, pages = 0; pages < 9; pages += 1) {
    const page = await store.listSafeguarding(
      'local',
      {},
      { limit: 4, ...(after ? { after } : {}) },
    )
    seen.push(...page.events.map(({ id }) => id))
    after = page.next
    if (after === undefined) break
  }
  t.equal(seen.length, 25)
  t.equal(new Set(seen).size, 25)
  t.notOk(isFailure(seen))
  t.same(
    (await store.listSafeguarding('elsewhere', {}, { limit: 4 })).events,
    [],
    'another tenant sees nothing',
  )
})
