/** What boxes ask of whoever looks after them. */
import t from 'tap'
import { boxNeeds, type NeedsFacts } from '#console/present/box-needs.ts'
import { makePlainTime } from '#console/present/plain-time.ts'
import type { StatusReport } from '#domain/ingest.ts'
import { makeStatus } from '#test/support/collector-client.ts'

const NOW = Date.parse('2026-03-05T14:00:00Z')
const wording = {
  time: makePlainTime('Europe/London'),
  nowMs: NOW,
  boxName: () => 'a box',
  category: () => ({ title: '', sentence: '' }),
}

function factsOf(change: Partial<StatusReport>, more: Partial<NeedsFacts> = {}): NeedsFacts {
  const report = makeStatus('box-1', { setup: [], ...change })
  const heard = { at: NOW - 30_000, report }
  return { appliance: 'box-1', name: 'Northfield', isSilent: false, gaps: [], heard, ...more }
}

const down = {
  state: 'down',
  cause: 'line',
  detail: '',
  since: NOW - 600_000,
  upstreams: [],
} as const

t.test('a box that works and is set up needs nobody', async (t) => {
  t.equal(boxNeeds(factsOf({}), wording), undefined)
})

t.test('a line that is down comes first, with since when', async (t) => {
  const told = { item: 'upstreams', state: 'wrong', say: 'the link is down', remedy: '' } as const
  const needs = boxNeeds(factsOf({ link: down, setup: [told] }), wording)
  t.equal(needs?.needs.length, 1, 'once')
  t.match(needs, { rank: 0, badge: { text: 'Down' }, needs: ['The internet line is down.'] })
  t.equal(needs?.since?.after, 'today at 13:50')
})

t.test('what is wrong with the setup is said, and the rest is counted', async (t) => {
  const wrong = (item: string) =>
    ({ item, state: 'wrong', say: `${item} is off`, remedy: '' }) as const
  const items = ['clock', 'lists', 'clients', 'proof'].map(wrong)
  const needs = boxNeeds(
    factsOf({ setup: [...items, { item: 'owners', state: 'to-do', say: 'none', remedy: '' }] }),
    wording,
  )
  t.same(needs?.needs, ['Clock is off.', 'Lists is off.', 'Clients is off.'])
  t.equal(needs?.setup?.text, 'Setup check: 4 things are wrong, and 1 thing still to do.')
  t.match(needs, { rank: 1, badge: { text: 'Wrong' } })
})

t.test('what is only left to do comes last', async (t) => {
  const setup = [{ item: 'owners', state: 'to-do', say: 'none', remedy: '' }] as const
  t.match(boxNeeds(factsOf({ setup }), wording), { rank: 2, needs: [], badge: { text: 'To do' } })
})

t.test('of a silent box nothing old is said', async (t) => {
  const needs = boxNeeds(factsOf({ link: down }, { isSilent: true }), wording)
  t.match(needs, { rank: 0, badge: { text: 'Not heard from' }, setup: undefined })
  t.match(needs?.needs[0], /Not heard from since today at 13:59/)
  t.notMatch(needs?.needs.join(), /internet line is down/)
})

t.test('what was lost on the way is told', async (t) => {
  const gaps = [{ lane: 'safeguarding', missing: 2, contiguous: 7 }] as const
  const needs = boxNeeds(factsOf({ outbox: { waiting: 0, dropped: 1 } }, { gaps }), wording)
  t.same(needs?.needs, [
    'Some of its reports are missing: see its card below.',
    '1 event could not be kept on the box.',
  ])
})
