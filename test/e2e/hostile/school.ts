/** A school of which every name is an attack: its own, those of its people, its boxes, their devices, and all that these tell of. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { ROLES, type Role } from '#collector/accounts/role.ts'
import { ALERT_LIMITS } from '#collector/config/alert-limits.ts'
import { type FakeWallClock, makeFakeWallClock } from '#test/support/fake-wall-clock.ts'
import { freeDnsPort } from '#test/support/free-port.ts'
import { type HttpReceiver, startHttpReceiver } from '#test/support/http-receiver.ts'
import { type MailServer, startMailServer } from '#test/support/mail-server.ts'
import { makePerson } from '#test/support/people.ts'
import { type RunningCollector, runCollector } from '#test/support/running-collector.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import { until } from '#test/support/until.ts'
import { type Boxes, tellOfBoxes } from './boxes.ts'
import { TEXTS } from './texts.ts'

/** A Thursday, in school hours. */
const MORNING_MS = Date.parse('2026-03-05T09:06:00Z')
const NAME = `"><img src=x onerror=alert(1) data-hostile> {{7919*7907}} ) Tj \\ \u202E =1`
const NAME_MAX = 80
const NAME_OF_PROGRAM = '{"type":"evil"}, {{7919*7907}} <b data-hostile>'
const SECRET = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'

export interface HostileSchool {
  readonly collector: RunningCollector
  readonly clock: FakeWallClock
  readonly mail: MailServer
  readonly hook: HttpReceiver
  /** A session of each role, as a Cookie header; the names of those who have them are attacks. */
  readonly cookies: Readonly<Record<Role, string>>
  /** Who looks after children and boxes, to whom mail goes. */
  readonly desk: string
  /** Ids of their accounts. */
  readonly accounts: readonly string[]
  readonly boxes: Boxes
}

/** With `many` boxes there is something of everything on the pages; with few these are quicker. */
export async function hostileSchool(t: Test, size: 'few' | 'many'): Promise<HostileSchool> {
  const folder = shortFolder(t)
  const clock = makeFakeWallClock(MORNING_MS)
  const [mail, hook] = [await startMailServer(), await startHttpReceiver()]
  t.teardown(() => Promise.all([mail.close(), hook.close()]))
  const port = await freeDnsPort()
  const collector = await runCollector(folder, {
    clock,
    console: { host: '127.0.0.1', port },
    school: NAME,
    heads: TEXTS.slice(0, 3),
    peopleFile: peopleFile(folder, { port, mail: mail.port, hook: hook.url('/hook') }),
    limits: {
      alerts: { ...ALERT_LIMITS, collectMs: 0, signalWaitMs: 0 },
      guessesPerAddressMax: 100_000,
      guessesMax: 100_000,
      strangerGuessesMax: 100_000,
      knownGuessesMax: 100_000,
    },
  })
  t.teardown(() => collector.close())
  const named = async (role: Role, index: number): Promise<[Role, string]> => {
    const name = (TEXTS[index] ?? '').slice(0, NAME_MAX)
    const { cookie } = await makePerson(collector, {
      roles: [role],
      name,
      email: `=${role}'--{{7919*7907}}@school.test`,
    })
    return [role, cookie]
  }
  const sessions: [Role, string][] = []
  for (const [index, role] of ROLES.entries()) sessions.push(await named(role, index + 1))
  const desk = await makePerson(collector, {
    roles: ['dsl', 'it'],
    name: NAME.slice(0, NAME_MAX),
    email: 'desk@school.test',
  })
  const boxes = await tellOfBoxes(t, { collector, clock, many: size === 'many' })
  const alerts = async (): Promise<string> =>
    (await collector.page('/alerts?state=all', desk.cookie)).text()
  await until('alerts stand', async () => /\d\d alerts</.test(await alerts()), 30_000)
  return {
    collector,
    clock,
    mail,
    hook,
    cookies: Object.fromEntries(sessions) as Record<Role, string>,
    desk: desk.cookie,
    accounts: await accountsOf(collector, [desk.cookie, ...sessions.map(([, cookie]) => cookie)]),
    boxes,
  }
}

/** Nobody finds their own among those that may be changed: each sees the others'. */
async function accountsOf(
  { page }: RunningCollector,
  cookies: readonly string[],
): Promise<readonly string[]> {
  const ids = new Set<string>()
  for (const cookie of cookies) {
    const html = await (await page('/accounts', cookie)).text()
    for (const [, id = ''] of html.matchAll(/"\/accounts\/([^"/]+)\/roles"/g)) ids.add(id)
  }
  return [...ids]
}

/** One of each name that such a file may have; all mail goes to the first. */
function peopleFile(
  folder: string,
  at: { readonly port: number; readonly mail: number; readonly hook: string },
): string {
  writeFileSync(join(folder, 'hook.secret'), SECRET, { mode: 0o600 })
  // A name with what does not print is refused when the file is read.
  const names = TEXTS.filter((text) => text.trim() !== '' && !/\p{Cc}/u.test(text))
  const [first, ...rest] = names.map((name, index) => ({
    id: `person-${index}`,
    name: name.slice(0, NAME_MAX),
    roles: index === 0 ? ['dsl', 'head'] : ['deputy'],
    email: `={{7919*7907}}|${index}@school.test`,
  }))
  const settings = {
    console: `http://127.0.0.1:${at.port}`,
    drill: 'thursday 09:30',
    digest: 'thursday 09:30',
    email: { host: 'localhost', port: at.mail, security: 'none', from: 'box@example.org' },
    'private-hosts': ['localhost'],
    people: [
      { ...first, email: 'desk@school.test' },
      {
        id: 'program',
        name: NAME_OF_PROGRAM,
        roles: ['dsl'],
        webhooks: [{ url: at.hook, 'secret-file': 'hook.secret' }],
      },
      ...rest,
    ],
  }
  const path = join(folder, 'people.json')
  writeFileSync(path, JSON.stringify(settings))
  return path
}
