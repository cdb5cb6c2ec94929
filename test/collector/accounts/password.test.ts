import t from 'tap'
import { makePasswords, passwordProblem } from '#collector/accounts/password.ts'
import { isFailure } from '#domain/failure.ts'

const limits = { hashesAtOnceMax: 1, hashesWaitingMax: 2 }

t.test('a password is kept as argon2id with at least what OWASP asks', async (t) => {
  const passwords = makePasswords(limits)
  const kept = await passwords.hash('three plain words')
  if (isFailure(kept)) throw new Error(kept.detail)
  t.match(kept, /^argon2id\$19456\$2\$1\$[\w-]{22}\$[\w-]{43}$/)
  t.not(await passwords.hash('three plain words'), kept, 'each with a salt of its own')
  t.equal(await passwords.isRight('three plain words', kept), true)
  t.equal(await passwords.isRight('three plain word', kept), false)
  t.equal(await passwords.isRight('', kept), false)
  t.equal(await passwords.isRight('anything', undefined), false, 'nobody has a password')
})

t.test('how it is written does not matter, what it is does', async (t) => {
  const passwords = makePasswords(limits)
  const kept = await passwords.hash('caf\u00e9 au lait!')
  if (isFailure(kept)) throw new Error(kept.detail)
  t.equal(await passwords.isRight('cafe\u0301 au lait!', kept), true)
})

t.test('so many are hashed at once, so many wait, others are told to come again', async (t) => {
  const passwords = makePasswords(limits)
  const all = await Promise.all(Array.from({ length: 5 }, () => passwords.hash('x'.repeat(12))))
  t.equal(all.filter(isFailure).length, 2)
  t.notOk(isFailure(await passwords.hash('x'.repeat(12))), 'and then it goes on')
})

t.test('what is easily guessed is not taken', (t) => {
  const own = ['lead@school.test', 'Ada The Lead']
  for (const password of [
    'short',
    'aaaaaaaaaaaaaa',
    'Lead@School.test',
    'ada the lead',
    'x'.repeat(201),
  ])
    t.type(passwordProblem(password, own), 'string', password.slice(0, 20))
  t.equal(passwordProblem('three plain words', own), undefined)
  t.end()
})
