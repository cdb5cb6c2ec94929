/** Which blocks were asked to be lifted and which were, by name, list and category: numbers alone, over the real server. */
import t from 'tap'
import { policySchool } from '#test/support/policy-school.ts'

const HOSTILE = '<script>alert(1)</script>'

t.test('requests are counted by name, list and category, with what came of them', async (t) => {
  const { clock, collector, it, read, post, box } = await policySchool(t)
  t.match(await read('/policy/over-blocks'), /Nobody asked for a site on these days/)
  const client = box('Northfield')
  const asked = (request: string, change: Record<string, unknown> = {}) => ({
    kind: 'unblock-requested' as const,
    request,
    group: 'ks3',
    name: 'games.example.org',
    category: 'media.games',
    list: `Games ${HOSTILE}`,
    why: 'the pupil Person Secret asks',
    count: 1,
    ...change,
  })
  // Before the half term.
  await client.report(asked('OLD1-0000', { name: 'old.example.org' }))
  clock.advance(50 * 86_400_000)
  const cookie = await collector.signInAs('it')
  await client.report(
    asked('AAAA-1111', { count: 3 }),
    asked('AAAA-2222'),
    asked('BBBB-1111', { name: 'video.example.org', category: 'media.video', list: 'Films' }),
    asked('CCCC-1111', { name: 'shut.example.org', category: undefined, list: undefined }),
    asked('DDDD-1111', { name: 'box.example.org', list: 'Films' }),
    { kind: 'unblock-closed', request: 'DDDD-1111', who: 'IT', answer: 'done' },
  )
  const { appliance } = client
  const answer = async (path: string, request: string, more: Record<string, string>) =>
    t.equal((await post(path, { appliance, request, ...more }, cookie)).status, 303)
  await answer('/requests/grant', 'AAAA-1111', { length: 'week', answer: '' })
  await answer('/requests/refuse', 'AAAA-2222', { answer: 'not in lessons' })
  await answer('/requests/grant', 'BBBB-1111', { length: 'ever', answer: '' })
  const page = await read('/policy/over-blocks', cookie)
  t.match(
    page,
    /5 requests from [\w ]+ to [\w ]+: 2 opened, 1 refused, 1 answered at the box, 1 waiting/,
  )
  const rows = rowsOf(page)
  t.same(
    rows.filter(([first]) => first?.includes('[.]')),
    [
      ['games[.]example[.]org', '4', '1', '1', '0'],
      ['video[.]example[.]org', '1', '1', '0', '0'],
      ['box[.]example[.]org', '1', '0', '0', '0'],
      ['shut[.]example[.]org', '1', '0', '0', '0'],
    ],
  )
  const lists = rows.filter(([first]) => /Films|Games &lt;|No list/.test(first ?? ''))
  t.match(lists, [
    [/^Games &lt;script/, '2', '1', '1', '50%'],
    ['Films', '2', '1', '0', '100%'],
    [/^No list/, '1', '0', '0', 'none yet'],
  ])
  t.match(rows, [...rows.slice(0, 7), ['Games', '3', '1', '1', '50%']])
  for (const secret of [HOSTILE, 'Person Secret', 'old[.]example', 'ks3'])
    t.notMatch(page, secret, `${secret} does not stand there`)
  const older = await read('/policy/over-blocks?from=2026-03-01&to=2026-03-10', cookie)
  t.match(older, /1 request from 1 March 2026 to 10 March 2026[\s\S]*old\[\.\]example/)
  const wrong = await read('/policy/over-blocks?from=2026-03-10&to=2026-03-01', cookie)
  t.match(wrong, /id="from-error"[\s\S]*The last day must not be before the first/)
  t.equal((await collector.page('/policy/over-blocks', it)).status, 303, 'that session is over')
})

/** The cells of all tables, row by row. */
function rowsOf(page: string): readonly (readonly string[])[] {
  return [...page.matchAll(/<tr class="govuk-table__row"[^>]*>(.*?)<\/tr>/gs)]
    .map(([, row = '']) =>
      [...row.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/gs)].map(([, cell = '']) =>
        cell.replaceAll(/<\/?bdi>/g, ''),
      ),
    )
    .filter(([first]) => !['Site', 'List', 'Category'].includes(first ?? ''))
}
