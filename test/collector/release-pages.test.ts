/** Releases for a lesson at the console: asked of boxes that know the group, which decide; known at once, and by their events. */
import t from 'tap'
import type { BoxAnswer, BoxTask } from '#domain/console-rules.ts'
import { metrics, policySchool, startBox } from '#test/support/policy-school.ts'
import { until } from '#test/support/until.ts'

const HOSTILE = '<script>alert(1)</script>'
const fields = {
  group: 'ks3',
  category: '',
  name: 'games.example.org',
  minutes: '30',
  reason: 'end of term quiz',
}

type School = Awaited<ReturnType<typeof policySchool>>

function linesOf({ collector }: School) {
  return (count: number): Promise<void> =>
    until('the lines are held', async () =>
      (await metrics(collector)).includes(`edge_collector_policy_lines ${count}`),
    )
}

/** Grants and ends, as a box does. */
function granting({ clock }: School, id: string) {
  return (task: BoxTask): BoxAnswer => {
    if (task.kind === 'end-release') return { kind: 'release-ended' }
    if (task.kind !== 'release') return { kind: 'failed', detail: 'not that' }
    const { minutes, ...asked } = task.asked
    const grantedAt = clock.wallMs()
    return {
      kind: 'released',
      release: { ...asked, id, grantedAt, endsAt: grantedAt + minutes * 60_000 },
    }
  }
}

t.test('a wrong field is told beside it, quoted, and no box is asked', async (t) => {
  const school = await policySchool(t)
  const { read, post, box } = school
  t.match(await read('/policy/releases'), /No box has told of its groups yet/)
  const north = startBox(t, box('Northfield'), granting(school, 'a'))
  await linesOf(school)(1)
  t.match(await read('/policy/releases'), /Nothing is released now/)
  const page = await read('/policy/releases')
  t.match(page, /<option value="media\.games">Games<\/option>/)
  for (const never of ['harm.suicide', 'harm.selfharm', 'illegal.csam', 'bypass.vpn', 'core.infra'])
    t.notMatch(page, `value="${never}"`, `${never} is not offered`)
  const wrong = [
    [{ group: '' }, /release-group-error[\s\S]*Choose a group/],
    [{ group: HOSTILE }, /No box knows the group “&lt;script/],
    [{ name: '' }, /release-category-error[\s\S]*Choose a category, or write a site/],
    [{ category: 'media.games' }, /release-name-error[\s\S]*not both/],
    [{ name: '', category: 'harm.suicide' }, /“harm\.suicide” is never opened for a lesson/],
    [
      { name: 'co.uk' },
      /release-name-error[\s\S]*“co\.uk” cannot be used: this is a public suffix/,
    ],
    [{ minutes: '' }, /release-minutes-error[\s\S]*Write a number of minutes from 1 to 100/],
    [{ minutes: '101' }, /“101” cannot be used/],
    [{ minutes: '1.5' }, /“1\.5” cannot be used/],
    [{ reason: ' ' }, /release-reason-error[\s\S]*Say why/],
    [{ reason: 'x'.repeat(201) }, /The reason has 201 characters/],
  ] as const
  for (const [change, says] of wrong) {
    const answer = await post('/policy/releases', { ...fields, ...change })
    t.equal(answer.status, 409, JSON.stringify(change).slice(0, 60))
    const html = await answer.text()
    t.match(html, says)
    t.notMatch(html, HOSTILE)
  }
  t.same(north.asked, [])
})

t.test('it is there at once, ends by hand, and is audited', async (t) => {
  const school = await policySchool(t)
  const { clock, collector, read, post, box } = school
  const client = box('Northfield')
  const north = startBox(t, client, granting(school, 'release-1'))
  await linesOf(school)(1)
  const lead = await collector.signInAs('dsl')
  const reason = `quiz ${HOSTILE}`
  t.equal((await post('/policy/releases', { ...fields, reason }, lead)).status, 303)
  t.same(north.asked, ['release'])
  const page = await read('/policy/releases', lead)
  t.match(page, /games\.example\.org<\/bdi><\/strong> <bdi>for ks3, until 14:36/)
  t.notMatch(page, HOSTILE)
  // The event of the box takes the place of its answer.
  const target = { kind: 'name', value: 'games.example.org' } as const
  const granted = { release: 'release-1', group: 'ks3', target, who: 'Person', reason }
  const endsAt = clock.wallMs() + 1_800_000
  await client.report({ kind: 'release-granted', ...granted, endsAt })
  t.equal([...(await read('/policy/releases')).matchAll(/release-1\/end/g)].length, 1)
  t.equal((await post('/policy/releases/unknown/end', {})).status, 404)
  t.equal((await post('/policy/releases/release-1/end', {})).status, 303)
  t.same(north.asked, ['release', 'end-release'])
  const after = await read('/policy/releases')
  t.match(
    after,
    /Nothing is released now[\s\S]*for ks3, from today at 14:06 to 14:06, ended by Person/,
  )
  t.equal((await post('/policy/releases/release-1/end', {})).status, 303, 'it is over')
  t.equal(north.asked.length, 2)
  await client.report({
    kind: 'release-granted',
    ...granted,
    release: 'release-2',
    target: { kind: 'category', value: 'media.games' },
    endsAt,
  })
  t.match(
    await read('/policy/releases'),
    /Games \(a category\)<\/bdi><\/strong> <bdi>for ks3, until/,
  )
  clock.advance(1_800_000)
  t.match(await read('/policy/releases'), /Nothing is released now[\s\S]*Games[\s\S]*to 14:36/)
  const auditor = await collector.signInAs('auditor')
  t.match(
    await read('/audit', auditor),
    /Ended what was open for a lesson[\s\S]*release-1\/end[\s\S]*Opened something for a lesson/,
  )
  t.equal((await post('/policy/releases', fields, auditor)).status, 403)
})

t.test(
  'what a box refuses is told beside the field, and boxes that are away by name',
  async (t) => {
    const school = await policySchool(t)
    const { read, post, box } = school
    t.match(await read('/policy/releases'), /No box has told/)
    let answer: BoxAnswer = {
      kind: 'release-refused',
      about: 'minutes',
      detail: `at most 50 ${HOSTILE}`,
    }
    const north = box('Northfield')
    startBox(t, north, () => answer)
    await linesOf(school)(1)
    const refused = async (): Promise<string> => {
      const sent = await post('/policy/releases', fields)
      t.equal(sent.status, 409)
      return sent.text()
    }
    const html = await refused()
    t.match(html, /release-minutes-error[\s\S]*“30” was not opened: at most 50/)
    t.notMatch(html, HOSTILE)
    answer = { kind: 'release-refused', about: 'target', detail: 'blocked because of locked' }
    t.match(
      await refused(),
      /release-name-error[\s\S]*“games\.example\.org” was not opened: blocked/,
    )
    answer = { kind: 'release-refused', about: 'group', detail: 'exam until 12:00' }
    t.match(await refused(), /release-group-error[\s\S]*“ks3” was not opened: exam/)
    // Another box that knows the group and takes it.
    startBox(t, box('Southfield'), granting(school, 'south-1'))
    await linesOf(school)(2)
    const partly = await post('/policy/releases', fields)
    t.equal(partly.status, 200)
    t.match(
      await partly.text(),
      /Opened, but not everywhere: Northfield refused it: exam until 12:00\.[\s\S]*until 14:36<\/bdi>, <bdi>at Southfield/,
    )
  },
)

t.test('without a box nothing is opened, and nothing is ended', async (t) => {
  const school = await policySchool(t)
  const { read, post, box, clock, collector } = school
  const client = box('Northfield')
  let isAway = false
  // It polls, and then is gone.
  startBox(t, client, (task) => (isAway ? undefined : granting(school, 'r')(task)))
  await linesOf(school)(1)
  t.equal((await post('/policy/releases', fields)).status, 303)
  isAway = true
  const ending = await post('/policy/releases/r/end', {})
  t.equal(ending.status, 409)
  t.match(
    await ending.text(),
    /Not ended: the box cannot be reached now\. It ends by itself today at 14:36/,
  )
  t.match(await read('/policy/releases'), /until 14:36/, 'it is still in force')
  const begun = await post('/policy/releases', { ...fields, name: 'two.example.org' })
  t.match(await begun.text(), /no box that knows the group can be reached now/)
  clock.advance(8 * 86_400_000)
  const later = await collector.signInAs('it')
  t.match(await read('/policy/releases', later), /Nothing is released now/)
})
