import t from 'tap'
import { eventPerson } from '#console/present/event-person.ts'

const address = '192.0.2.10'

t.test('a person is named from strong on, with the source; a guess names nobody', (t) => {
  t.equal(eventPerson({ address }), 'Not known: nobody was logged on')
  t.match(
    eventPerson({ address, user: 'p.upil', confidence: 95, source: 'radius' }),
    /^p\.upil \(certain: 95%, from a logon/,
  )
  t.match(
    eventPerson({ address, user: 'p.upil', confidence: 70, source: 'owners' }),
    /^p\.upil \(strong/,
  )
  for (const confidence of [0, 30, 69])
    t.notMatch(eventPerson({ address, user: 'p.upil', confidence }), /p\.upil/)
  t.notMatch(eventPerson({ address, user: 'p.upil' }), /p\.upil/)
  t.end()
})

t.test('a name is hostile text, and a source may be one of tomorrow', (t) => {
  const shown = eventPerson({
    address,
    user: 'a\u202E\nb'.repeat(100),
    confidence: 90,
    source: 'x',
  })
  t.notMatch(shown, /[\u202E\n]/)
  t.ok(shown.length < 120)
  t.end()
})
