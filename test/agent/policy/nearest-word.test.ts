import t from 'tap'
import { nearestWord } from '#agent/policy/nearest-word.ts'

t.test('a misspelt word finds the nearest known one, a strange one finds none', (t) => {
  const known = ['safe-search', 'youtube', 'profile', 'categories']
  t.equal(nearestWord('safeSearch', known), 'safe-search')
  t.equal(nearestWord('safe_search', known), 'safe-search')
  t.equal(nearestWord('yuotube', known), 'youtube')
  t.equal(nearestWord('catgories', known), 'categories')
  t.equal(nearestWord('timetable', known), undefined)
  t.equal(nearestWord('x'.repeat(100_000), known), undefined, 'long words cost nothing')
  t.end()
})
