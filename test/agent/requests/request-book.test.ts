import t from 'tap'
import { RequestBook } from '#agent/requests/request-book.ts'
import { CLOSED_MAX, OPEN_MAX, OPEN_PER_CLIENT_MAX } from '#agent/requests/request-file.ts'
import type { EventDraft } from '#domain/event.ts'
import { isFailure } from '#domain/failure.ts'
import { makeFakeWallClock } from '#test/support/fake-wall-clock.ts'
import { domainName } from '#test/support/test-rules.ts'

const DAY_MS = 86_400_000

function book(kept?: string, save: (text: string) => Promise<void> = () => Promise.resolve()) {
  const clock = makeFakeWallClock(1_800_000_000_000)
  const drafts: EventDraft[] = []
  const faults: string[] = []
  let saved = kept
  const made = new RequestBook({
    clock,
    kept,
    save: async (text) => {
      await save(text)
      saved = text
    },
    emit: (draft) => drafts.push(draft),
    tell: () => undefined,
    onFault: (text) => faults.push(text),
  })
  const add = (client: string, name: string) =>
    made.add({
      client,
      group: 'ks3',
      name: domainName(name),
      category: 'media.games',
      why: 'maths',
    })
  return { made, clock, drafts, faults, add, saved: () => saved }
}

t.test('the book holds so many, so many of one client, and says so', async (t) => {
  const { made, add } = book()
  for (let i = 0; i < OPEN_PER_CLIENT_MAX; i++) t.notOk(isFailure(await add('one', `a${i}.test`)))
  t.match(await add('one', 'more.test'), { failure: 'refused' })
  t.match(await add('one', 'a1.test'), { isNew: false }, 'asking again is no new one')
  for (let i = OPEN_PER_CLIENT_MAX; i < OPEN_MAX; i++) await add(`client${i}`, 'b.test')
  t.equal(made.open, OPEN_MAX)
  t.match(await add('other', 'b.test'), { failure: 'refused' })
  const [first] = made.all()
  t.notOk(isFailure(await made.close(first?.reference ?? '', 'me', 'no')))
  t.notOk(isFailure(await add('other', 'b.test')), 'room again')
})

t.test('each repeat is a revision of one event', async (t) => {
  const { drafts, add } = book()
  await add('one', 'a.test')
  await add('two', 'a.test')
  await add('one', 'a.test')
  t.match(
    drafts.map(({ revision, body }) => [revision, 'count' in body && body.count]),
    [
      [1, 1],
      [1, 1],
      [2, 2],
    ],
  )
  t.equal(drafts[0]?.id, drafts[2]?.id)
  t.not(drafts[0]?.id, drafts[1]?.id)
})

t.test('what could not be kept was not taken, and is not told', async (t) => {
  let isBroken = false
  const { made, drafts, add } = book(undefined, () =>
    isBroken ? Promise.reject(new Error('disk full')) : Promise.resolve(),
  )
  await add('one', 'a.test')
  isBroken = true
  t.match(await add('one', 'b.test'), { failure: 'store-unavailable', detail: /disk full/ })
  t.match(await add('one', 'a.test'), { failure: 'store-unavailable' })
  t.match(made.all(), [{ name: 'a.test', count: 1 }])
  t.match(await made.close(made.all()[0]?.reference ?? '', 'me', 'no'), {
    failure: 'store-unavailable',
  })
  t.equal(made.open, 1)
  t.equal(drafts.length, 1)
})

t.test(
  'the answer is kept for two weeks, an open request for three months, over restarts',
  async (t) => {
    const { made, clock, add, saved } = book()
    await add('one', 'a.test')
    await add('one', 'b.test')
    await made.close(made.all()[0]?.reference ?? '', 'me', 'later')
    t.match(made.find('one', domainName('a.test')), { closed: { answer: 'later' } })
    clock.advance(15 * DAY_MS)
    t.equal(made.find('one', domainName('a.test')), undefined)
    t.match(
      book(saved())
        .made.all()
        .map(({ name }) => name),
      ['a.test', 'b.test'],
    )
    clock.advance(90 * DAY_MS)
    t.strictSame(made.all(), [])
    for (const kept of ['', '{}', 'null', '{"v":1,"requests":[{"reference":"<"}]}']) {
      const broken = book(kept)
      t.strictSame([broken.made.all(), broken.faults.length], [[], 1], kept)
    }
  },
)

t.test('of answered ones the newest are kept', async (t) => {
  const { made, add } = book()
  for (let i = 0; i < CLOSED_MAX + 5; i++) {
    await add('one', `a${i}.test`)
    await made.close(made.all().at(-1)?.reference ?? '', 'me', 'no')
  }
  t.equal(made.all().length, CLOSED_MAX)
  t.equal(made.all()[0]?.name, 'a5.test')
})
