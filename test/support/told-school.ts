/** A school on an ordinary morning whose people are told of alerts by mail: a collector with a clock moved by hand, and a mail server. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { ALERT_LIMITS } from '#collector/config/alert-limits.ts'
import type { EventBody } from '#domain/event.ts'
import type { CollectorClient } from './collector-client.ts'
import { makeStatus } from './collector-client.ts'
import { type FakeWallClock, makeFakeWallClock } from './fake-wall-clock.ts'
import { freeDnsPort } from './free-port.ts'
import { type MailServer, startMailServer } from './mail-server.ts'
import { type RunningCollector, runCollector } from './running-collector.ts'
import { shortFolder } from './short-folder.ts'
import { until } from './until.ts'

/** A Thursday, in school hours. */
const MORNING_MS = Date.parse('2026-03-05T08:30:00Z')
const MINUTE_MS = 60_000
const MAIL_WAIT_MS = 30_000

export interface ToldSchool {
  readonly collector: RunningCollector
  readonly clock: FakeWallClock
  readonly box: CollectorClient
  /** The console by its name, which passkeys need; its links lead there. */
  readonly url: string
  /** Does something; answers the link in the mail that came of it to somebody. */
  readonly linkOf: (to: string, cause: () => Promise<unknown>) => Promise<string>
  /** Tells of an event; answers the link in the mail that came of it to somebody. */
  readonly linkAfter: (to: string, body: EventBody) => Promise<string>
  /** Time goes by until there is another mail to somebody, a minute at a time. */
  readonly linkWhenLate: (to: string, minutesMax: number) => Promise<string>
}

export async function toldSchool(
  t: Test,
  people: readonly {
    readonly id: string
    readonly roles: readonly string[]
    readonly email: string
  }[],
): Promise<ToldSchool> {
  const folder = shortFolder(t)
  const clock = makeFakeWallClock(MORNING_MS)
  const mail = await startMailServer()
  t.teardown(() => mail.close())
  const port = await freeDnsPort()
  const url = `http://localhost:${port}`
  const peopleFile = join(folder, 'people.json')
  const settings = {
    console: url,
    drill: 'off',
    email: { host: 'localhost', port: mail.port, security: 'none', from: 'box@example.org' },
    'private-hosts': ['localhost'],
    people: people.map((one) => ({ ...one, name: one.id })),
  }
  writeFileSync(peopleFile, JSON.stringify(settings))
  const limits = { alerts: { ...ALERT_LIMITS, collectMs: 0, signalWaitMs: 0 } }
  const console = { host: '127.0.0.1', port }
  const collector = await runCollector(folder, { clock, limits, peopleFile, console })
  t.teardown(() => collector.close())
  const box = collector.client({ name: 'Westgate College', now: clock.wallMs })
  await box.postStatus(makeStatus(box.appliance, { at: clock.wallMs() }))
  const lettersTo = (to: string): number => mailsTo(mail, to).length
  const newestTo = (to: string): string => linkIn(mailsTo(mail, to).at(-1)?.text ?? '')
  const linkOf: ToldSchool['linkOf'] = async (to, cause) => {
    const before = lettersTo(to)
    await cause()
    await until(`a mail to ${to}`, () => lettersTo(to) > before, MAIL_WAIT_MS)
    return newestTo(to)
  }
  return {
    collector,
    clock,
    box,
    url,
    linkOf,
    linkAfter: (to, body) => linkOf(to, () => box.report(body)),
    linkWhenLate: async (to, minutesMax) => {
      const before = lettersTo(to)
      clock.advance(minutesMax * MINUTE_MS)
      await until(`a late mail to ${to}`, () => lettersTo(to) > before, MAIL_WAIT_MS)
      return newestTo(to)
    },
  }
}

function mailsTo({ received }: MailServer, to: string) {
  return received.filter((one) => one.to.includes(to))
}

function linkIn(text: string): string {
  return /http:\/\/localhost:\d+\/\S+/.exec(text.replaceAll('=\r\n', ''))?.[0] ?? 'none'
}
