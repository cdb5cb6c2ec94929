/** A school whose policy is set in the console, over the real server. */
import type { Test } from 'tap'
import { BOX_REPLY_PATH, POLICY_PATH, type PolicyNews } from '#domain/console-rules.ts'
import type { TimetableTold } from '#domain/console-timetable.ts'
import type { ClientOptions, CollectorClient } from './collector-client.ts'
import { type FakeWallClock, makeFakeWallClock } from './fake-wall-clock.ts'
import { postForm } from './post-form.ts'
import { type RunningCollector, runCollector } from './running-collector.ts'
import { shortFolder } from './short-folder.ts'

const AFTERNOON = Date.parse('2026-03-05T14:06:00Z')
const GROUPS = ['ks3', 'staff']

export interface PolicySchool {
  readonly clock: FakeWallClock
  readonly collector: RunningCollector
  /** The cookie of school IT. */
  readonly it: string
  readonly read: (path?: string, cookie?: string) => Promise<string>
  readonly post: (
    path: string,
    fields: Record<string, string>,
    cookie?: string,
  ) => Promise<Response>
  readonly box: (name: string, change?: Partial<ClientOptions>) => CollectorClient
}

/** What a box that the test plays has heard. */
export interface PlayedBox {
  version: number
  rules: readonly { readonly name: string }[]
  timetable: TimetableTold | undefined
  readonly asked: string[]
  /** What it says beside its version when it asks for news. */
  says: Record<string, unknown>
}

/** A collector whose clock is moved by hand, with school IT signed in, and boxes that the test plays. */
export async function policySchool(t: Test): Promise<PolicySchool> {
  const clock = makeFakeWallClock(AFTERNOON)
  const collector = await runCollector(shortFolder(t), { clock, timeZone: 'Europe/London' })
  t.teardown(() => collector.close())
  const it = await collector.signInAs('it')
  const read = async (path = '/policy', cookie = it): Promise<string> =>
    (await collector.page(path, cookie)).text()
  const post = (path: string, fields: Record<string, string>, cookie = it): Promise<Response> =>
    postForm(`${collector.consoleUrl}${path}`, fields, { cookie })
  const box = (name: string, change: Partial<ClientOptions> = {}): CollectorClient =>
    collector.client({ name, now: clock.wallMs, ...change })
  return { clock, collector, it, read, post, box }
}

/** Asks for news as a box does. */
export function poller({
  appliance,
  post,
}: CollectorClient): (change?: Record<string, unknown>) => Promise<PolicyNews> {
  return async (change = {}) => {
    const answer = await post(
      POLICY_PATH,
      JSON.stringify({ v: 1, appliance, groups: GROUPS, ...change }),
    )
    if (answer.status !== 200) throw new Error(`${answer.status} ${await answer.text()}`)
    return JSON.parse(await answer.text())
  }
}

/** A box that answers what it is asked, as told, until the test ends. */
export function startBox(
  t: Test,
  client: CollectorClient,
  answer: (task: PolicyNews['tasks'][number]) => unknown,
): PlayedBox {
  const poll = poller(client)
  const { appliance } = client
  const state: PlayedBox = { version: 0, rules: [], timetable: undefined, asked: [], says: {} }
  let inForce: Record<string, unknown> = {}
  let isOver = false
  const run = async (): Promise<void> => {
    for (;;) {
      const news = await poll({ ...inForce, ...state.says })
      if (isOver) return
      for (const task of news.tasks) {
        state.asked.push(task.kind)
        const body = { v: 1, appliance, task: task.task, answer: answer(task) }
        await client.post(BOX_REPLY_PATH, JSON.stringify(body))
      }
      if (!news.rules) continue
      const { id, version, rules, timetable } = news.rules
      Object.assign(state, { version, rules, timetable })
      inForce = { inForce: { id, version } }
    }
  }
  run().catch(() => undefined)
  t.teardown(() => {
    isOver = true
  })
  return state
}

export async function metrics({ metricsUrl }: RunningCollector): Promise<string> {
  return (await fetch(new URL('/metrics', metricsUrl))).text()
}
