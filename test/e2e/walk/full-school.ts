/** A console on which every page has something to show: boxes, alerts, devices, a rule, a check, a decision. Made-up names. */
import { ALERT_LIMITS } from '#collector/config/alert-limits.ts'
import type { SetupItem } from '#domain/setup-item.ts'
import { lookup, makeStatus } from '#test/support/collector-client.ts'
import { makeFakeWallClock } from '#test/support/fake-wall-clock.ts'
import { postForm } from '#test/support/post-form.ts'
import { type RunningCollector, runCollector } from '#test/support/running-collector.ts'
import { until } from '#test/support/until.ts'
import { tellAlerts } from '../screenshot-alerts.ts'
import { tellSchoolWeek } from '../screenshot-data.ts'
import { tellDevices } from '../screenshot-devices.ts'

/** A school day, so that the pages are the same whenever they are looked at. */
export const AFTERNOON_MS: number = Date.parse('2026-03-05T14:06:00Z')
const CHECK = {
  step: 'try',
  device: 'Laptop 7',
  kind: 'laptop',
  room: 'Room 12',
  group: 'Year 9',
  tried: 'harm.selfharm',
  expected: 'blocked',
  started: String(AFTERNOON_MS),
  seen: 'opened',
}
const DECISION = {
  area: 'blocked',
  title: 'Gambling is blocked for everybody',
  reason: 'It is not for children.',
  by: 'Senior leaders',
  on: '2026-03-01',
  review: '2026-09-01',
}
/** As hostile as a name may be: no place to break, and marks of HTML. */
const LONG = `<b>${'Wwww'.repeat(25)}</b>`
const LONG_DECISION = { ...DECISION, title: LONG, by: LONG.slice(0, 100) }
const LONG_RULE = {
  name: `${'w'.repeat(60)}.${'w'.repeat(60)}.example.org`,
  action: 'allow',
  reason: LONG,
}
const RULE = { name: 'news.example.org', action: 'deny', reason: 'a distraction in lessons' }
const SETUP: readonly SetupItem[] = [
  { item: 'clock', state: 'done', say: 'it is right', remedy: '' },
  { item: 'networks', state: 'to-do', say: 'none is named', remedy: 'name each' },
  { item: 'upstreams', state: 'wrong', say: 'the link is down', remedy: 'see status' },
]

/** Close it yourself. */
export async function runFullSchool(folder: string): Promise<RunningCollector> {
  const clock = makeFakeWallClock(AFTERNOON_MS)
  const limits = { alerts: { ...ALERT_LIMITS, collectMs: 0, signalWaitMs: 0 } }
  const collector = await runCollector(folder, { clock, limits })
  const box = (name: string) => collector.client({ name, now: clock.wallMs })
  const [academy, primary, college] = [
    box('Eastgate Academy'),
    box('Northfield Primary'),
    box('Westgate College'),
  ]
  await tellSchoolWeek(primary, academy, clock)
  await tellDevices(academy, clock.wallMs())
  await college.report(
    lookup({
      firstAt: clock.wallMs() - 60_000,
      lastAt: clock.wallMs(),
      client: { address: '192.0.2.99', device: LONG, user: LONG },
    }),
  )
  await tellAlerts(college, clock.wallMs())
  await college.postStatus(makeStatus(college.appliance, { at: clock.wallMs(), setup: SETUP }))
  const cookie = await collector.signInAs('dsl', 'it')
  for (const [path, fields] of [
    ['/checks', CHECK],
    ['/decisions', DECISION],
    ['/decisions', LONG_DECISION],
    ['/policy/rules', RULE],
    ['/policy/rules', LONG_RULE],
  ] as const) {
    const { status } = await postForm(collector.consoleUrl + path, fields, { cookie })
    if (status !== 303) throw new Error(`${path} answered ${status}`)
  }
  const alerts = async (): Promise<string> => (await collector.page('/alerts', cookie)).text()
  await until('all alerts stand', async () => /3 alerts</.test(await alerts()), 20_000)
  await closeOne(collector, cookie)
  return collector
}

/** A low one, by the button that is there for it. */
async function closeOne(collector: RunningCollector, cookie: string): Promise<void> {
  let path = ''
  await until('a low alert stands', async () => {
    const html = await (await collector.page('/alerts?severity=low', cookie)).text()
    path = /\/alerts\/[0-9a-f-]{36}/.exec(html)?.[0] ?? ''
    return path !== ''
  })
  const url = `${collector.consoleUrl}${path}/close`
  const { status } = await postForm(url, { decision: 'no-concern' }, { cookie })
  if (status !== 303) throw new Error(`closing answered ${status}`)
}
