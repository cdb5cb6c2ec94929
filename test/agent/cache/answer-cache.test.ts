/** The answer cache by itself: its bounds, and what is dropped from it. */

import t from 'tap'
import { AnswerCache } from '#agent/cache/answer-cache.ts'
import { type FlushTarget, flushTargetOf, isMeant } from '#agent/cache/flush-target.ts'
import { isRetryFar, mayServeStale, noteSilence } from '#agent/stale.ts'
import { isFailure } from '#domain/failure.ts'
import { header } from '#test/fuzz/raw-query.ts'
import { rawA, rawAnswer } from '#test/support/raw-answer.ts'
import { wireName } from '#test/support/wire-name.ts'
import { readAnswer, type StoredAnswer } from '#wire/stored-answer.ts'

const TYPE_AND_CLASS = Buffer.of(0, 1, 0, 1)

function answerTo(name: string, records = 1): StoredAnswer {
  const query = Buffer.concat([header([1, 0, 0, 0]), wireName(name), TYPE_AND_CLASS])
  const answers = Array.from({ length: records }, (_, i) => rawA(60, i % 256))
  const stored = readAnswer(rawAnswer(query, { answers }))
  if (isFailure(stored)) throw new Error(stored.detail)
  return stored
}

function keyOf(name: string, type = 1, flags = 0): string {
  return `${wireName(name).toString('latin1')}${String.fromCharCode(0, type, flags)}`
}

function target(name: string, below = false): FlushTarget {
  const found = flushTargetOf(name, below)
  if (isFailure(found)) throw new Error(found.detail)
  return found
}

t.test('it is bounded in bytes and entries, what is past its time included', (t) => {
  const cache = new AnswerCache({ entriesMax: 50, bytesMax: 20_000 })
  for (let i = 0; i < 40; i++)
    cache.set(keyOf(`n${i}.test`), cache.entryOf(answerTo(`n${i}.test`), -1_000_000))
  t.ok(cache.size < 50)
  const largest = cache.sizeBytes
  for (let i = 0; i < 1_000; i++) {
    cache.set(keyOf(`m${i}.test`), cache.entryOf(answerTo(`m${i}.test`, 10), 0))
    t.ok(cache.sizeBytes <= 20_000 && cache.size <= 50, `${cache.sizeBytes}`)
  }
  t.ok(largest > 10_000)
  cache.set(keyOf('large.test'), cache.entryOf(answerTo('large.test', 300), 0))
  t.equal(cache.find(keyOf('large.test')), undefined, 'one over 4 KiB would push out many')
  t.end()
})

t.test(
  'RFC 8767 section 5: a stale answer is good for a day, and upstreams are tried every thirty seconds',
  (t) => {
    const cache = new AnswerCache({ entriesMax: 50, bytesMax: 20_000 })
    const entry = cache.entryOf(answerTo('a.test'), 0)
    t.ok(mayServeStale(entry, 60_000 + 86_399_999))
    t.notOk(mayServeStale(entry, 60_000 + 86_400_000))
    noteSilence(entry, 100_000)
    t.ok(isRetryFar(entry, 129_999))
    t.notOk(isRetryFar(entry, 130_000))
    t.end()
  },
)

t.test('a flush means a name of any type, and below it only where that is said', (t) => {
  const cache = new AnswerCache({ entriesMax: 50, bytesMax: 100_000 })
  const names = ['example.org', 'www.example.org', 'a.b.example.org', 'xexample.org', 'org']
  const fill = (): void => {
    for (const name of names)
      for (const key of [keyOf(name), keyOf(name, 28), keyOf(name, 1, 1)])
        cache.set(key, cache.entryOf(answerTo(name), 0))
  }
  fill()
  t.equal(cache.flush(target('EXAMPLE.org.')), 3)
  t.equal(cache.find(keyOf('example.org')), undefined)
  fill()
  t.equal(cache.flush(target('example.org', true)), 9)
  t.strictSame([...cache.entries()].length, 6)
  cache.failures.note(keyOf('org'), 'faulty', 0)
  t.equal(cache.flush({ kind: 'all' }), 6)
  t.equal(cache.failures.find(keyOf('org'), 0), undefined, 'a flush asks anew what has failed')
  t.end()
})

t.test('bytes within a label are no name', (t) => {
  // One label that holds what looks like "example" and "org" with their lengths.
  const label = '\x07example\x03org'
  const hostile = `${String.fromCharCode(label.length)}${label}\0\0\x01\0`
  t.notOk(isMeant(target('example.org', true), hostile))
  t.ok(isMeant(target('example.org', true), keyOf('www.example.org')))
  for (const text of ['', 'a..b', `${'x'.repeat(64)}.org`, `${'x.'.repeat(200)}org`])
    t.match(flushTargetOf(text, false), { failure: 'bad-request', detail: /^no domain name: / })
  t.end()
})
