/**
 * Makes the pictures of the console in `docs/images`, by hand: `node test/e2e/screenshots.ts`. A real collector and a
 * real browser with made-up data. Ends with 1 when a picture is larger than it may be.
 */
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { browserMissing, launchBrowser } from '../support/browser.ts'
import { comeAs } from '../support/console-page.ts'
import { makeFakeWallClock } from '../support/fake-wall-clock.ts'
import { postForm } from '../support/post-form.ts'
import { type RunningCollector, runCollector } from '../support/running-collector.ts'
import { tellAlerts } from './screenshot-alerts.ts'
import { tellSchoolWeek } from './screenshot-data.ts'
import { tellDevices } from './screenshot-devices.ts'

const FOLDER = join(import.meta.dirname, '..', '..', 'docs', 'images')
const PICTURE_BYTES_MAX = 150_000
/** A school day, so that the pictures are the same whenever they are made. */
const AFTERNOON_MS = Date.parse('2026-03-05T14:06:00Z')
const DESKTOP = { width: 1280, height: 900 }
const PHONE = { width: 390, height: 844 }

/** What people have put down, so that their pages have something to show. */
const PUT_DOWN = [
  [
    '/policy/rules',
    { name: 'quiz.example.org', action: 'allow', reason: 'the maths quiz of year 8' },
  ],
  [
    '/policy/rules',
    { name: 'chat.example.org', action: 'deny', reason: 'decided by the safeguarding team' },
  ],
  [
    '/checks',
    {
      step: 'try',
      device: 'Laptop 7',
      kind: 'laptop',
      room: 'Room 12',
      group: 'ks3',
      tried: 'harm.selfharm',
      expected: 'blocked',
      started: String(AFTERNOON_MS),
      seen: 'did-not-open',
    },
  ],
  [
    '/decisions',
    {
      area: 'blocked',
      title: 'Gambling is blocked for everybody',
      reason: 'It is not for children.',
      by: 'Senior leaders',
      on: '2026-03-01',
      review: '2026-09-01',
    },
  ],
] as const

if (browserMissing) throw new Error(browserMissing)
const state = mkdtempSync(join(tmpdir(), 'edge-'))
const clock = makeFakeWallClock(AFTERNOON_MS)
const collector = await runCollector(state, { clock })
const browser = await launchBrowser()
try {
  const academy = collector.client({ name: 'Eastgate Academy', now: clock.wallMs })
  const primary = collector.client({ name: 'Northfield Primary', now: clock.wallMs })
  const college = collector.client({ name: 'Westgate College', now: clock.wallMs })
  await tellSchoolWeek(primary, academy, clock)
  await tellDevices(academy, clock.wallMs())
  await tellAlerts(college, clock.wallMs())
  const cookie = await collector.signInAs('head', 'it')
  for (const [path, fields] of PUT_DOWN) {
    const { status } = await postForm(collector.consoleUrl + path, fields, { cookie })
    if (status !== 303) throw new Error(`${path} answered ${status}`)
  }
  mkdirSync(FOLDER, { recursive: true })
  process.exitCode = (await takePictures(collector, browser)) ? 0 : 1
} finally {
  await browser.close()
  await collector.close()
  rmSync(state, { recursive: true, force: true })
}

async function takePictures(from: RunningCollector, by: Browser): Promise<boolean> {
  const [lead, it] = [await from.signInAs('dsl'), await from.signInAs('it')]
  const desktop = await signedIn(from, by, { viewport: DESKTOP, cookie: lead })
  const sizes = [await take(desktop, 'events')]
  await desktop.getByRole('link', { name: 'Self-harm', exact: true }).first().click()
  await desktop.getByRole('heading', { level: 1, name: 'Self-harm' }).waitFor()
  sizes.push(await take(desktop, 'event'))
  await desktop.goto(`${from.consoleUrl}/appliances`)
  await desktop.locator('canvas').first().waitFor()
  sizes.push(await take(desktop, 'appliances'))
  await desktop.goto(`${from.consoleUrl}/knowledge`)
  sizes.push(await take(desktop, 'how-it-knows'))
  await desktop.goto(`${from.consoleUrl}/devices`)
  sizes.push(await take(desktop, 'devices'))
  await desktop.getByRole('link', { name: 'Chromebook 10-07' }).click()
  await desktop.getByRole('heading', { level: 1, name: 'Chromebook 10-07' }).waitFor()
  sizes.push(await take(desktop, 'device'))
  await desktop.goto(`${from.consoleUrl}/networks`)
  sizes.push(await take(desktop, 'networks'))
  const phone = await signedIn(from, by, { viewport: PHONE, cookie: lead })
  sizes.push(await take(phone, 'events-phone'))
  await phone.goto(`${from.consoleUrl}/devices`)
  sizes.push(await take(phone, 'devices-phone'))
  await phone.goto(`${from.consoleUrl}/networks`)
  sizes.push(await take(phone, 'networks-phone'))
  for (const [page, name] of [
    [desktop, ''],
    [phone, '-phone'],
  ] as const)
    sizes.push(...(await takeAlerts(from.consoleUrl, page, name)))
  const technician = await signedIn(from, by, { viewport: DESKTOP, cookie: it })
  for (const [page, path, name] of [
    [desktop, '/review', 'review'],
    [phone, '/checks/new', 'check-phone'],
    [technician, '/policy', 'policy'],
    [technician, '/setup', 'setup'],
  ] as const) {
    await page.goto(from.consoleUrl + path)
    sizes.push(await take(page, name))
  }
  return sizes.every((bytes) => bytes <= PICTURE_BYTES_MAX)
}

/** The pages of whoever looks after children. */
async function takeAlerts(
  consoleUrl: string,
  page: Page,
  name: string,
): Promise<readonly number[]> {
  await page.goto(consoleUrl)
  const sizes = [await take(page, `today${name}`)]
  await page.goto(`${consoleUrl}/alerts`)
  await page.getByRole('link', { name: 'Suicide', exact: true }).first().click()
  await page.getByRole('heading', { level: 1, name: 'Suicide' }).waitFor()
  sizes.push(await take(page, `alert${name}`))
  return sizes
}

async function signedIn(
  from: RunningCollector,
  by: Browser,
  as: { readonly viewport: typeof DESKTOP | typeof PHONE; readonly cookie: string },
): Promise<Page> {
  const context = await by.newContext({ viewport: as.viewport, timezoneId: 'Europe/London' })
  const page = await context.newPage()
  await comeAs(from, page, { cookie: as.cookie })
  return page
}

/** Returns the size of the picture in bytes. */
async function take(page: Page, name: string): Promise<number> {
  const path = join(FOLDER, `${name}.png`)
  await page.screenshot({ path })
  const { size } = statSync(path)
  process.stdout.write(`${path}  ${size} bytes\n`)
  return size
}
