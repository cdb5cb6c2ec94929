/** What people allow and block: forms, versions, proposals and requests, over the real server, with boxes that poll. */
import t from 'tap'
import { BOX_REPLY_PATH, POLICY_PATH } from '#domain/console-rules.ts'
import { device, deviceReport, known } from '#test/support/device-rows.ts'
import { metrics, poller, policySchool as school, startBox } from '#test/support/policy-school.ts'
import { until } from '#test/support/until.ts'

const HOSTILE = '<script>alert(1)</script>\u202e{{7*7}}'
const SHOWN = /<script>alert|\u202e|>49</

const deny = { name: 'news.example.org', action: 'deny', reason: 'a distraction in lessons' }

t.test('a wrong field is told beside it, quoted, and nothing is saved', async (t) => {
  const { read, post } = await school(t)
  t.match(await read(), /No box is enrolled yet/)
  t.match(await read(), /Nobody has changed anything yet/)
  const wrong = [
    [{ name: '' }, /rule-name-error[\s\S]*Write the name of a site/],
    [{ name: 'co.uk' }, /“co\.uk” cannot be used: this is a public suffix/],
    [{ name: 'com' }, /“com” cannot be used/],
    [{ name: 'https://example.org/page' }, /write only the name, without http/],
    [{ name: 'two words' }, /“two words” cannot be used/],
    [{ name: HOSTILE }, /cannot be used/],
    [{ action: 'open' }, /rule-action-error[\s\S]*Choose allow or block/],
    [{ groups: HOSTILE }, /No box knows the group/],
    [{ reason: ' ' }, /rule-reason-error[\s\S]*Say why/],
    [{ reason: 'x'.repeat(201) }, /The reason has 201 characters/],
    [{ until: 'soon' }, /rule-until-error[\s\S]*“soon” is no day/],
    [{ until: '2026-03-04' }, /“2026-03-04” is over/],
  ] as const
  for (const [fields, says] of wrong) {
    const answer = await post('/policy/rules', { ...deny, ...fields })
    t.equal(answer.status, 409, JSON.stringify(fields).slice(0, 60))
    const html = await answer.text()
    t.match(html, says)
    t.notMatch(html, SHOWN)
    if (!('reason' in fields)) t.match(html, /a distraction in lessons/, 'what was written stays')
  }
  t.match(await read(), /Nobody has changed anything yet/)
})

t.test('versions are added, shown with their difference, reverted, audited', async (t) => {
  const { clock, collector, read, post } = await school(t)
  const name = 'm\u00fcnchen.example'
  t.equal((await post('/policy/rules', deny)).status, 303)
  const other = { name, action: 'allow', reason: HOSTILE, until: '2026-03-06' }
  t.equal((await post('/policy/rules', other)).status, 303)
  const page = await read()
  t.match(page, /xn--mnchen-3ya\.example<\/bdi> \(<bdi>münchen\.example/)
  t.match(page, /for every group, until the end of 6 March 2026/)
  t.match(
    page,
    /Version 2[\s\S]*Added: allow xn--mnchen-3ya\.example[\s\S]*Version 1[\s\S]*Added: block news\.example\.org for every group, no end/,
  )
  const second = /Version 2[\s\S]*Version 1/.exec(page)?.[0] ?? deny.reason
  t.notMatch(second, deny.reason, 'a version says why it was made, not why the one before was')
  t.notMatch(page, SHOWN)
  t.equal((await post('/policy/versions/1/revert', {})).status, 303)
  t.match(await read(), /Version 3[\s\S]*Back to version 1[\s\S]*Removed: allow xn--/)
  t.equal((await post('/policy/versions/99/revert', {})).status, 404)
  const href = /action="(\/policy\/rules\/[\w-]+\/remove)"/.exec(await read())?.[1] ?? ''
  t.equal((await post(href, {})).status, 303)
  t.equal((await post(href, {})).status, 404, 'once')
  t.match(await read(), /Nothing: the lists/)
  t.equal((await post('/policy/versions/2/revert', {})).status, 303)
  clock.advance(3 * 86_400_000)
  const later = await collector.signInAs('it', 'auditor')
  const inForce = async (): Promise<string> =>
    /Allowed and blocked here[\s\S]*?History/.exec(await read('/policy', later))?.[0] ?? ''
  t.match(await inForce(), /over since the end of \d+ March 2026/)
  t.equal(
    (await post('/policy/rules', { ...deny, reason: 'still a distraction' }, later)).status,
    303,
  )
  t.notMatch(await inForce(), /over since/, 'what is over is left out')
  const audit = await read('/audit', later)
  t.match(audit, /Changed what is allowed or blocked[\s\S]*\/policy\/versions\/2\/revert/)
})

t.test('a box hears of a change at once, and what it refuses is shown', async (t) => {
  const { collector, read, post, box } = await school(t)
  const client = box('Northfield')
  const poll = poller(client)
  const held = poll()
  await until('the line is held', async () =>
    /edge_collector_policy_lines 1/.test(await metrics(collector)),
  )
  const south = startBox(t, box('Southfield'), (task) =>
    task.kind === 'check' ? { kind: 'checked', problems: [] } : { kind: 'failed', detail: 'no' },
  )
  await until('the second line, too', async () => /policy_lines 2/.test(await metrics(collector)))
  t.match(await read(), /value="ks3"[\s\S]*value="staff"/)
  // The first box does not reply to the check: whoever saves waits no longer than that.
  const saved = post('/policy/rules', { ...deny, groups: 'ks3' })
  const check = await held
  t.match(check.tasks, [{ kind: 'check', rules: [{ name: 'news.example.org', groups: ['ks3'] }] }])
  const body = { v: 1, appliance: client.appliance, task: check.tasks[0]?.task }
  await client.post(
    BOX_REPLY_PATH,
    JSON.stringify({ ...body, answer: { kind: 'checked', problems: [] } }),
  )
  t.equal((await saved).status, 303)
  await until('the other runs it', () => south.version === 1)
  const news = await poll()
  t.match(news.rules, { version: 1, rules: [{ name: 'news.example.org' }] })
  t.match(
    await read(),
    /Northfield<\/bdi><\/strong> <span>runs no version; version 1 is on its way/,
  )
  t.match(await read(), /Southfield<\/bdi><\/strong> <span>runs version 1, the newest/)
  // Held until the collector closes, which breaks it off.
  poll({ refused: { id: news.rules?.id, problems: [`bad ${HOSTILE}`] } }).catch(() => undefined)
  await until('it is shown', async () => /refused version 1/.test(await read()))
  t.match(await read(), /refused version 1 and goes on with no version[\s\S]*bad &lt;script/)
  t.notMatch(await read(), SHOWN)
  t.match(await metrics(collector), /edge_collector_policy_boxes\{state="refused"\} 1/)
  t.match(await metrics(collector), /edge_collector_policy_boxes\{state="current"\} 1/)
})

t.test('a box refuses before anything is saved, and previews in numbers alone', async (t) => {
  const { collector, read, post, box } = await school(t)
  const north = startBox(t, box('Northfield'), (task) => {
    if (task.kind === 'preview')
      return {
        kind: 'previewed',
        changes: [{ group: 'ks3', lookups: 1234 }],
        days: 7,
        isWhole: false,
      }
    if (task.kind === 'check')
      return { kind: 'checked', problems: [`allow x: it is listed for suicide ${HOSTILE}`] }
    return { kind: 'failed', detail: HOSTILE }
  })
  box('Southfield')
  await until('the line is held', async () => /policy_lines 1/.test(await metrics(collector)))
  const refused = await post('/policy/rules', { ...deny, action: 'allow' })
  t.equal(refused.status, 409)
  const html = await refused.text()
  t.match(html, /rule-name-error[\s\S]*Not saved: allow x: it is listed for suicide/)
  t.notMatch(html, SHOWN)
  t.match(await read(), /Nobody has changed anything yet/)
  const preview = await post('/policy/preview', deny)
  t.equal(preview.status, 200)
  const shown = await preview.text()
  t.match(
    shown,
    /Northfield<\/bdi><\/strong>: Look-ups of the last 7 days that would have gone otherwise \(only a part/,
  )
  t.match(shown, /ks3<\/bdi>: 1,234 look-ups/)
  t.match(shown, /Southfield<\/bdi><\/strong>: The box is away: it can give no preview/)
  t.match(await read(), /Nobody has changed anything yet/)
  t.match(await read('/why?name=x.example.org'), /The box cannot say: &lt;script/)
  t.same(new Set(north.asked), new Set(['check', 'preview', 'why']))
})

t.test('why a name is blocked is told step by step, with every text inert', async (t) => {
  const { collector, read, box } = await school(t)
  t.match(await read('/why?name=x.example.org'), /No box is enrolled here/)
  const client = box('Northfield')
  t.match(await read('/why?name=x.example.org'), /The box is away/)
  const asked: unknown[] = []
  startBox(t, client, (task) => {
    asked.push('asked' in task ? task.asked : task)
    const stages = [
      { stage: 'decide-by-policy', say: `no rule ${HOSTILE}` },
      { stage: HOSTILE.slice(0, 90), say: 'new' },
    ]
    const why = { name: 'x.example.org', type: 'A', group: 'ks3', time: HOSTILE, stages }
    return { kind: 'explained', why: { ...why, verdict: 'block', reason: HOSTILE } }
  })
  await until('the line is held', async () => /policy_lines 1/.test(await metrics(collector)))
  const html = await read('/why?name=X.example.org&client=192.0.2.44&at=2026-03-02T10%3A05')
  t.match(html, /x\.example\.org is blocked/)
  t.match(html, /What the rules say of the name:<\/strong> <bdi>no rule &lt;script/)
  t.notMatch(html, SHOWN)
  t.match(await read('/why?name=x.example.org&group=ks3'), /is blocked/)
  t.same(asked, [
    { name: 'x.example.org', type: 'A', client: '192.0.2.44', at: '2026-03-02T10:05' },
    { name: 'x.example.org', type: 'A', group: 'ks3' },
  ])
  const desk = { name: known('Reception desk', 95, 'owners'), addresses: ['192.0.2.77'] }
  const twins = [2, 3].map((number) => device(number, { name: known('Twin') }))
  await client.postDevices(deviceReport(client.appliance, [device(1, desk), ...twins]))
  t.match(await read('/why?name=x.example.org&client=reception%20desk'), /is blocked/)
  t.match(asked.pop(), { client: '192.0.2.77' }, 'by the whole name of a device')
  const wrong = await read(`/why?name=${encodeURIComponent('a b')}&client=printer&at=noon`)
  t.match(wrong, /“a b” is no name[\s\S]*“printer” is neither an address[\s\S]*“noon” is no time/)
  t.match(await read('/why?name=x.example.org&client=twin'), '“twin” is the name of several')
  t.equal(asked.length, 2)
})

t.test('who may not set rules proposes them, and is answered', async (t) => {
  const { clock, collector, read, post } = await school(t)
  const lead = await collector.signInAs('dsl')
  t.match(await read('/policy', lead), /Propose to allow or block a site/)
  t.equal((await post('/policy/rules', deny, lead)).status, 403)
  t.equal((await post('/policy/propose', { ...deny, name: 'uk' }, lead)).status, 409)
  t.equal((await post('/policy/propose', deny, lead)).status, 303)
  clock.advance(1000)
  t.equal((await post('/policy/propose', { ...deny, name: 'two.example.org' }, lead)).status, 303)
  t.notMatch(await read('/policy', lead), /proposals\/[\w-]+\/accept/, 'nobody accepts their own')
  const hrefs = [...(await read()).matchAll(/action="(\/policy\/proposals\/[\w-]+\/accept)"/g)]
  const [first = '', second = ''] = hrefs.map((one) => one[1])
  t.equal((await post(first, {}, lead)).status, 403)
  t.equal((await post(first, {})).status, 303)
  t.match(await read(), /Version 1[\s\S]*Proposed by Person \d+[\s\S]*a distraction/)
  t.equal((await post(first, {})).status, 409, 'once')
  t.equal((await post(second.replace('accept', 'decline'), {})).status, 303)
  t.notMatch(await read(), /two\.example\.org/)
})

t.test(
  'a request is granted with an end, or refused with words, and its box is told',
  async (t) => {
    const { clock, collector, read, post, box } = await school(t)
    const client = box('Northfield')
    const request = (reference: string, change: Record<string, unknown> = {}) => ({
      kind: 'unblock-requested' as const,
      request: reference,
      group: 'ks3',
      name: `${reference.toLowerCase()}.example.org`,
      why: `homework ${HOSTILE}`,
      count: 2,
      ...change,
    })
    t.match(await read('/requests'), /Nobody waits for an answer/)
    await client.report(request('AAAA-1111'))
    clock.advance(26 * 3_600_000)
    const it = await collector.signInAs('it')
    const ask = (path: string, fields: Record<string, string>): Promise<Response> =>
      post(path, { appliance: client.appliance, ...fields }, it)
    await client.report(
      request('BBBB-2222', { category: 'media.games', lesson: HOSTILE, minutes: 50 }),
      request('CCCC-3333', { category: 'harm.selfharm' }),
      request('DDDD-4444'),
      { kind: 'unblock-closed', request: 'DDDD-4444', who: 'IT', answer: 'at the box' },
    )
    const page = await read('/requests', it)
    t.match(page, /aaaa-1111\.example\.org[\s\S]*Waits for 26 hours[\s\S]*bbbb-2222/)
    t.match(page, /Blocked as: <bdi>Games<\/bdi>/)
    t.match(page, /It is blocked as self-harm, which nothing here opens/)
    t.notMatch(page, /dddd-4444/, 'answered at the box')
    t.notMatch(page, SHOWN)
    const grant = { request: 'AAAA-1111', length: 'week', answer: '' }
    const short = await ask('/requests/grant', { ...grant, length: '', answer: 'Until Friday.' })
    t.equal(short.status, 409)
    t.match(
      await short.text(),
      /href="#length-1"[\s\S]*id="length-1-error"[\s\S]*Choose for how long[\s\S]*Until Friday\./,
      'beside its field, and what was written stays',
    )
    const grave = await ask('/requests/grant', { ...grant, request: 'CCCC-3333' })
    t.equal(grave.status, 409)
    t.match(await grave.text(), /which nothing here opens/)
    t.match(
      await (
        await ask('/requests/refuse', { request: 'BBBB-2222', answer: ' ', length: 'week' })
      ).text(),
      /href="#answer-(\d)"[\s\S]*<option value="week" selected>[\s\S]*id="answer-\1-error"[\s\S]*Write why not/,
    )
    t.equal((await ask('/requests/grant', grant)).status, 303)
    t.equal((await ask('/requests/grant', grant)).status, 409, 'once')
    t.equal(
      (await ask('/requests/refuse', { request: 'BBBB-2222', answer: 'Use the other site.' }))
        .status,
      303,
    )
    const policy = await read('/policy', it)
    t.match(policy, /Allowed:<\/strong> <bdi[^>]*>aaaa-1111\.example\.org<\/bdi> for ks3, until/)
    t.notMatch(policy, SHOWN)
    const news = await poller(client)()
    t.match(news.rules?.rules, [
      { name: 'aaaa-1111.example.org', action: 'allow', groups: ['ks3'] },
    ])
    t.match(news.tasks, [
      { kind: 'close-request', request: 'AAAA-1111', answer: 'It is open now.' },
      { kind: 'close-request', request: 'BBBB-2222', answer: 'Use the other site.' },
    ])
    const reply = (task: string | undefined) =>
      client.post(
        BOX_REPLY_PATH,
        JSON.stringify({ v: 1, appliance: client.appliance, task, answer: { kind: 'closed' } }),
      )
    t.equal((await reply(news.tasks[0]?.task)).status, 204)
    clock.advance(61_000)
    const again = await poller(client)()
    t.match(again.tasks, [{ request: 'BBBB-2222' }], 'until it is confirmed')
    t.match(await metrics(collector), /edge_collector_unblock_requests_open 1/)
  },
)

t.test(
  'boxes are believed by their signature alone, and get their own tenant’s policy',
  async (t) => {
    const { box, post } = await school(t)
    await post('/policy/rules', deny)
    const client = box('Northfield')
    const foreign = box('Elsewhere', { tenant: 'elsewhere' })
    const stranger = box('Stranger', { isEnrolled: false })
    const poll = (appliance: string) => JSON.stringify({ v: 1, appliance, groups: [] })
    t.equal((await foreign.post(POLICY_PATH, poll(foreign.appliance))).status, 403)
    t.equal((await stranger.post(POLICY_PATH, poll(stranger.appliance))).status, 403)
    t.equal((await client.post(POLICY_PATH, poll(foreign.appliance))).status, 403)
    t.equal((await client.post(POLICY_PATH, '{}')).status, 400)
    t.equal((await client.post(BOX_REPLY_PATH, '{}')).status, 400)
    const unsigned = { 'content-type': 'application/json' }
    t.equal((await client.post(POLICY_PATH, poll(client.appliance), unsigned)).status, 401)
    t.equal((await client.post(POLICY_PATH, poll(client.appliance))).status, 200)
  },
)
