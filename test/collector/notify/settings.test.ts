import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { loadSettings, parseSettings } from '#collector/notify/settings/settings-file.ts'
import { keepSettings, NOBODY_IS_TOLD } from '#collector/notify/settings/settings-keeper.ts'
import { isFailure } from '#domain/failure.ts'
import { makeLog } from '#platform/log.ts'
import { until } from '../../support/until.ts'

const EXAMPLE = join(import.meta.dirname, '..', '..', '..', 'docs', 'people.example.yaml')
const problemsOf = (text: string, folder = '/nowhere'): readonly string[] => {
  const settings = parseSettings(text, join(folder, 'people.yaml'))
  return isFailure(settings) ? settings.problems : []
}
const PUSH = `{ endpoint: https://push.example.org/x, p256dh: ${Buffer.alloc(65, 4).toString('base64url')}, auth: ${Buffer.alloc(16).toString('base64url')} }`
const person = '{ id: a, name: A, roles: [dsl], email: a@example.org }'
const file = (more: string): string =>
  `console: https://c.example.org\npeople: [${person}]\nemail: { host: smtp.example.org, from: b@example.org }\n${more}`

t.test('the example is right, and whole', async (t) => {
  const settings = loadSettings(EXAMPLE)
  if (isFailure(settings)) throw new Error(settings.problems.join('\n'))
  t.equal(settings.consoleUrl, 'https://supercloud.example.org')
  t.equal(settings.people.length, 6)
  t.match(settings.people[0]?.places, [
    { channel: 'email', address: 'dsl@example.org' },
    { channel: 'sms', number: '+447700900123' },
  ])
  t.match(settings.schoolHours[4], { from: 465, to: 960 })
  t.equal(settings.schoolHours[5], undefined)
  t.match(settings.patience, { critical: 900_000, urgent: 3_600_000, high: 'day' })
  t.match(settings.senders.email, { port: 587, security: 'starttls' })
  t.match(settings.drill, { weekday: 2, minute: 600 })
})

t.test('little is enough, also in JSON', async (t) => {
  const settings = parseSettings(
    JSON.stringify({ console: 'https://c.example.org/', people: [] }),
    '/x',
  )
  if (isFailure(settings)) throw new Error(settings.problems.join('\n'))
  t.match(settings, {
    consoleUrl: 'https://c.example.org',
    rota: [],
    holidays: [],
    digest: { weekday: 0, minute: 420 },
  })
  t.match(
    settings.schoolHours.map((one) => one?.from),
    [465, 465, 465, 465, 465, undefined, undefined],
  )
})

t.test('each fault is told with its place, what was found and what is allowed', async (t) => {
  for (const [text, problem] of [
    [
      file('rota: [{ person: b, times: 16:30-20:00 }]'),
      /people.yaml:4:18: rota.0.person: found "b"; allowed: the id of a person: a$/,
    ],
    [
      file('holidays: [{ from: 2026-12-19, to: 2026-12-32 }]'),
      /holidays.0.to: found "2026-12-32"; allowed: a date such as 2026-12-19/,
    ],
    [file('holidays: [{ from: 2026-12-19, to: 2026-12-18 }]'), /holidays.0.to: .*not before from/],
    [
      file('school-hours: { monday: 16:30-07:45 }'),
      /monday: found "16:30-07:45"; allowed: times such as 07:45-16:30, the first before/,
    ],
    [
      file('acknowledge: { critical: 1h }'),
      /critical: found "1h"; allowed: a time such as .* at most 15m/,
    ],
    [file('rotas: []'), /rotas: found a list of 0; allowed: no such key, but console, time-zone/],
    [file('time-zone: Europe/Londinium'), /found "Europe\/Londinium"; allowed: a time zone/],
    [file('drill: never'), /drill: found "never"; allowed: off, or/],
    [file('sms: {}\npeople: []'), /people.yaml:5:1: .*keys must be unique/i],
    [
      `console: http://c.example.org/x y\npeople: [${person}]`,
      /email: found "a@example.org"; allowed: an address only where email names a server/,
    ],
    [
      `console: ftp://c.example.org\npeople: []`,
      /console: found "ftp:\/\/c.example.org"; allowed: an https/,
    ],
    [
      `console: https://c.example.org\npeople: [{ id: a, name: A, roles: [dsl] }]`,
      /people.0: found a block of keys; allowed: one of email/,
    ],
    [
      `console: https://c.example.org\npeople: [{ id: A B, name: A, roles: [boss] }]`,
      /people.0.id: found "A B"; allowed: lower-case/,
    ],
    [
      `console: https://c.example.org\npeople: [{ id: a, name: A, roles: [dsl], sms: "07700 900123" }]`,
      /sms: found "07700 900123"; allowed: a number with its country/,
    ],
    [
      file('').replace('from: b@example.org', 'from: b@example.org, security: none'),
      /security: found "none"; allowed: starttls or tls/,
    ],
    [
      file('').replace('from: b@example.org', 'from: b@example.org, user: x'),
      /user and password-file together/,
    ],
    [
      file('').replace('from: b@example.org', 'from: b@example.org, user: x, password-file: gone'),
      /password-file: found "gone"; allowed: a readable file; no such file/,
    ],
    [
      file('sms: { gateway: { url: "http://sms.example.org", fields: {} } }'),
      /sms: .*https:\/\/, or a host that private-hosts names/,
    ],
    [
      `console: https://c.example.org\npeople: [{ id: a, name: A, roles: [it], push: [${PUSH}, ${PUSH}] }]`,
      /people.0: .*each address of a person once/,
    ],
    ['a: [', /people.yaml:1:5: /],
  ] as const)
    t.match(problemsOf(text), [problem], text)
  t.match(loadSettings('/nowhere/people.yaml'), {
    problems: ['/nowhere/people.yaml: no such file'],
  })
  t.equal(
    problemsOf(`console: x\npeople: [${'{ id: "" }, '.repeat(200)}]`).length,
    50,
    'and not without end',
  )
})

t.test('secrets are files of their own, and checked', async (t) => {
  const folder = t.testdir({
    hook: `whsec_${Buffer.alloc(32).toString('base64')}\n`,
    short: 'whsec_AAAA',
    notify: 'school-11111111-2222-4333-8444-555555555555-66666666-2222-4333-8444-555555555555',
  })
  const hooked = (secret: string): string =>
    `console: https://c.example.org\npeople: [{ id: a, name: A, roles: [it], webhooks: [{ url: https://h.example.org/x, secret-file: ${secret} }] }]`
  t.strictSame(problemsOf(hooked('hook'), folder), [])
  t.match(problemsOf(hooked('short'), folder), [
    /secret-file: found "short"; allowed: a file with whsec_/,
  ])
  const notify = (key: string): string =>
    `console: https://c.example.org\npeople: []\nsms: { gov-notify: { key-file: ${key}, template: 99999999-2222-4333-8444-555555555555 } }`
  const settings = parseSettings(notify('notify'), join(folder, 'people.yaml'))
  t.match(settings, {
    senders: {
      sms: {
        kind: 'gov-notify',
        service: '11111111-2222-4333-8444-555555555555',
        secret: '66666666-2222-4333-8444-555555555555',
      },
    },
  })
  t.match(problemsOf(notify('hook'), folder), [
    /key-file: found "hook"; allowed: a file with a key of GOV.UK Notify/,
  ])
})

t.test('a change is taken up, a bad one is not', async (t) => {
  const folder = t.testdir()
  mkdirSync(folder, { recursive: true })
  const path = join(folder, 'people.yaml')
  writeFileSync(path, file(''))
  const changes: number[] = []
  const keeper = keepSettings(
    path,
    makeLog('test', 'silent'),
    ({ rota }) => void changes.push(rota.length),
  )
  t.teardown(keeper.close)
  writeFileSync(path, file('rota: [{ person: a, times: 16:30-20:00 }]'))
  await until('the change is read', () => changes.length === 1, 20_000)
  t.equal(keeper.current()?.rota.length, 1)
  writeFileSync(path, 'nonsense: [')
  await new Promise((resolve) => setTimeout(resolve, 4500))
  t.equal(keeper.current()?.rota.length, 1, 'the old ones stay')
  t.throws(() => keepSettings(path, makeLog('test', 'silent'), () => undefined), {
    code: 'EDGE_COLLECTOR',
  })
  t.equal(keepSettings(undefined, makeLog('test', 'silent'), () => undefined).current(), undefined)
  t.match(NOBODY_IS_TOLD, /^nobody is told/)
  t.match(readFileSync(EXAMPLE, 'utf8'), /--people FILE/)
})
