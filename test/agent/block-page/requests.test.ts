import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import t from 'tap'
import type { StoredEvent } from '#domain/event.ts'
import { STAFF, startPageAgent } from '#test/support/page-agent.ts'
import { tokenOf } from '#test/support/page-client.ts'
import { runCollector } from '#test/support/running-collector.ts'
import { shortFolder } from '#test/support/short-folder.ts'

const WHY = 'maths <b>home</b>work\u202e\u001b[2J'

t.test(
  'a request is taken, shown to IT without its asker, answered, and survives a kill',
  async (t) => {
    const first = await startPageAgent(t)
    const { visit, edge, agent, pagePort } = first
    const page = await visit('social.test')
    const sent = await visit('social.test', { form: { token: tokenOf(page), why: WHY } })
    const reference = /Reference: ([A-Z0-9]{4}-[A-Z0-9]{4}) /.exec(sent.text)?.[1] ?? ''
    t.match(sent.text, 'Request sent School IT can see it now.')
    t.not(reference, '')
    const again = await visit('social.test')
    t.match(again.text, `Your request Reference ${reference} Time`)
    t.match(again.text, 'Answer Waiting for an answer')
    t.notMatch(again.body, '<form', 'once is enough')
    t.notMatch(
      (await visit('social.test', { from: '127.0.0.9' })).text,
      reference,
      'only to its asker',
    )

    const file = join(agent.stateDir, 'agent', 'unblock-requests.json')
    t.equal(statSync(file).mode & 0o777, 0o600)
    t.notMatch(readFileSync(file, 'utf8'), '127.0.0', 'no address on the disk')
    const list = await edge('requests')
    t.match(
      list.out,
      new RegExp(`^${reference}  social\\.test  ks3, [-0-9 :]+, blocked as contact\\.social\\n`),
    )
    t.match(list.out, 'maths <b>home</b>work [2J', 'one line, nothing that moves a cursor')
    t.notMatch(list.out, '\u001b')
    t.match(await edge('status'), { out: /^requests {4}1 open$/m })

    await agent.kill()
    const { visit: visitAgain, edge: edgeAgain } = await startPageAgent(t, {
      folder: agent.folder,
      pagePort,
    })
    t.match((await edgeAgain('requests')).out, reference, 'after a kill')
    t.match(await edgeAgain('requests', '--close', reference), { code: 2, err: /--answer TEXT/ })
    t.match(await edgeAgain('requests', '--close', 'K7QD-M4XZ', '--answer', 'no'), {
      code: 4,
      err: /no such request is open/,
    })
    const answer = ['--answer', 'Open for 8B from <Monday>.', '--who', 'Mr Test']
    t.match(await edgeAgain('requests', '--close', reference.toLowerCase(), ...answer), {
      code: 0,
      out: /^answered: .*by Mr Test: Open for 8B/s,
    })
    t.match((await edgeAgain('requests')).out, 'no requests')
    t.match((await edgeAgain('requests', '--all')).out, 'by Mr Test')
    const answered = await visitAgain('social.test')
    t.match(answered.text, 'Answer Open for 8B from <Monday>.')
    t.match(answered.body, '<form', 'may ask anew')
    t.notMatch(answered.text, 'Mr Test')
  },
)

// One agent for the rest; each test has a client of its own, for a client may ask a few times only.
const { visit: visitAs, edge, agent } = await startPageAgent(t)
const as =
  (from: string): typeof visitAs =>
  (host, options) =>
    visitAs(host, { from, ...options })
const requests = async (
  group: string,
): Promise<readonly { name: string; count: number; reference: string }[]> =>
  JSON.parse((await edge('requests', '--json')).out).requests.filter(
    (one: { group: string }) => one.group === group,
  )

t.test('a form is good once, for one client, one name and one page', async (t) => {
  const visit = as('127.0.0.21')
  const token = tokenOf(await visit('social.test'))
  const form = { token, why: 'maths' }
  const old = 'There is a problem The form was open for too long'
  t.match((await visit('social.test', { form, from: '127.0.0.9' })).text, old, "another's")
  t.match((await visit('gambling.test', { form })).text, old, "another name's")
  t.match((await visit('social.test', { form: { ...form, token: `${token}x` } })).text, old)
  t.match((await visit('social.test', { form: { why: 'maths' } })).text, old, 'none')
  for (const headers of [
    { origin: 'https://evil.example.org' },
    { 'sec-fetch-site': 'cross-site' },
  ])
    t.equal((await visit('social.test', { form, headers })).status, 400)
  for (const headers of [
    { 'content-type': 'text/plain' },
    { 'content-type': 'multipart/form-data' },
  ])
    t.equal((await visit('social.test', { form, headers })).status, 400)
  t.equal((await requests('ks3')).length, 0)
  const kept = await visit('social.test', { form: { token: 'x', why: 'my <words>' } })
  t.match(kept.body, 'my &#60;words&#62;</textarea>', 'what was written stays')
  t.match(
    (await visit('social.test', { form: { token, why: ' \u200b ' } })).text,
    'Write what you need it for.',
  )
  t.match(
    (await visit('social.test', { form: { token, why: 'x'.repeat(501) } })).text,
    'at most 500',
  )
  t.equal((await visit('social.test', { form: { token, why: 'x'.repeat(5000) } })).status, 400)
  t.match(
    (await visit('social.test', { form })).text,
    'Request sent',
    'a problem does not use it up',
  )
  t.match((await visit('social.test', { form })).text, old, 'used')
  t.equal((await requests('ks3')).length, 1)
})

t.test('what is open, locked or may mean a child at risk cannot be asked for', async (t) => {
  const visit = as('127.0.0.22')
  const token = tokenOf(await visit('social.test'))
  const before = await requests('ks3')
  for (const host of ['www.example.org', 'canary-illegal-csam.test', 'harm.test', 'both.test', ''])
    t.notMatch((await visit(host, { form: { token, why: 'maths' } })).text, 'Request sent', host)
  t.strictSame(await requests('ks3'), before)
})

t.test(
  'the same client and name is one request, counted; a client has a few at a time',
  async (t) => {
    const visit = as('127.0.0.23')
    const tokens = [tokenOf(await visit('social.test')), tokenOf(await visit('social.test'))]
    for (const [i, token] of tokens.entries()) {
      const sent = await visit('social.test', { form: { token, why: `maths ${i}` } })
      t.match(sent.text, i === 0 ? 'Request sent' : 'You asked for this before')
    }
    t.match((await edge('requests')).out, 'asked 2 times')
    for (let i = 0; i < 4; i++) {
      const host = `a${i}.social.test`
      const sent = await visit(host, { form: { token: tokenOf(await visit(host)), why: 'maths' } })
      t.match(sent.text, i < 3 ? 'Request sent' : 'Too many requests came from here', host)
    }
    const other = { from: '127.0.0.9' }
    const form = { token: tokenOf(await visit('social.test', other)), why: 'maths' }
    t.match((await visit('social.test', { ...other, form })).text, 'Request sent', 'others may')
  },
)

t.test('staff say class and duration; request and answer reach the collector', async (t) => {
  const collector = await runCollector(shortFolder(t))
  t.teardown(() => collector.close())
  const host = 'canary-adult-porn.test'
  const from = STAFF
  const visit = as('127.0.0.24')
  const pupils = tokenOf(await visit('social.test'))
  const asked = { why: 'RSHE', lesson: '8B', minutes: '50' }
  await visit('social.test', { form: { token: pupils, ...asked } })
  const wrong = await visit(host, {
    from,
    form: { token: tokenOf(await visit(host, { from })), ...asked, minutes: '101' },
  })
  t.match(wrong.text, 'Minutes must be a whole number from 1 to 100.')
  t.match(wrong.body, 'value="8B"')
  await visit(host, { from, form: { token: tokenOf(await visit(host, { from })), ...asked } })
  const list = (await edge('requests')).out
  t.match(list, / {2}staff, .*\n +RSHE \(for 8B, for 50 minutes\)\n/)
  t.match(list, / {2}ks3, .*\n +RSHE\n/, 'a pupil does not')
  const [newest] = (await requests('staff')).slice(-1)
  const reference = newest?.reference ?? ''
  await edge('requests', '--close', reference, '--answer', 'done', '--who', 'Mr Test')
  t.equal((await agent.stop()).code, 0)
  const events = readOutbox(agent.stateDir)
  const bodies = events
    .map(({ body }) => body)
    .filter(({ kind }) => kind.startsWith('unblock'))
    .slice(-3)
  t.match(bodies, [
    {
      kind: 'unblock-requested',
      group: 'ks3',
      name: 'social.test',
      category: 'contact.social',
      why: 'RSHE',
      count: 1,
    },
    { kind: 'unblock-requested', group: 'staff', lesson: '8B', minutes: 50 },
    { kind: 'unblock-closed', request: reference, who: 'Mr Test', answer: 'done' },
  ])
  t.notMatch(JSON.stringify(bodies), '127.0.0', 'nobody by address')
  const client = collector.client({ name: 'School' })
  const batch = client.batch(events)
  t.equal((await client.postBatch(batch)).status, 200, 'the collector takes them')
})

/** The operations lane of the outbox of an agent that has stopped. */
function readOutbox(stateDir: string): readonly StoredEvent[] {
  const db = new Database(join(stateDir, 'agent', 'outbox.db'), { readonly: true })
  const columns = 'lane, sequence, id, revision, at, body'
  const rows = db
    .prepare<[], Omit<StoredEvent, 'body' | 'v'> & { body: string }>(
      `SELECT ${columns} FROM event WHERE lane = 'operations' ORDER BY sequence`,
    )
    .all()
  db.close()
  return rows.map(({ body, ...row }) => ({ v: 1, ...row, body: JSON.parse(body) }))
}
