/** What people of a school do with its console, by its forms: alerts, checks, decisions, requests, the yearly review. */
import { DECISIONS, type Decision } from '#collector/alerts/decision.ts'
import type { Sqlite } from '#platform/sqlite.ts'
import { postForm } from '../post-form.ts'

interface OpenAlert {
  readonly id: string
  readonly number: number
  readonly state: string
  readonly theme: string
  readonly queue: string
  readonly openedAt: number
}

export interface Desk {
  readonly consoleUrl: string
  readonly db: Sqlite
  readonly lead: string
  readonly head: string
  readonly it: string
  /** Address of the tutor that alerts are given to. */
  readonly tutor: string
}

const DAY_MS = 86_400_000
/** Of so many alerts one waits for days until somebody looks, and one is left open. */
const SLOW = 5
const LEFT = 9
const REASONS: Readonly<Record<Decision, string>> = {
  concern: 'Spoke with the pupil and the tutor; more than curiosity.',
  'no-concern': 'Looked up for a friend, who is well.',
  'false-positive:wrong-category': 'A museum, not what the list says.',
  'false-positive:background': 'An app asked by itself.',
  'false-positive:shared-device': 'The trolley was used by three classes.',
  'false-positive:curriculum': 'Set reading for PSHE.',
}

/** A form that must be taken. */
export async function post(
  { consoleUrl }: Pick<Desk, 'consoleUrl'>,
  cookie: string,
  path: string,
  fields: Record<string, string>,
): Promise<string> {
  const answer = await postForm(consoleUrl + path, fields, { cookie })
  if (answer.status !== 303) {
    const said = /error-message">([^]*?)<\/p>/.exec(await answer.text())?.[1] ?? ''
    throw new Error(`${path} answered ${answer.status}: ${said}`)
  }
  return answer.headers.get('location') ?? ''
}

/** Each open alert goes a step further, as its number has it. */
export async function workAlerts(desk: Desk, nowMs: number): Promise<void> {
  for (const alert of openAlerts(desk.db)) {
    const cookie = alert.queue === 'safeguarding' ? desk.lead : desk.head
    if (alert.queue !== 'safeguarding' && alert.queue !== 'head') continue
    const act = (kind: string, fields: Record<string, string> = {}): Promise<string> =>
      post(desk, cookie, `/alerts/${alert.id}/${kind}`, fields)
    const ageMs = nowMs - alert.openedAt
    if (alert.state === 'new') {
      const isSlow = alert.number % SLOW === 3
      if (!isSlow || ageMs > 2 * DAY_MS) await act('acknowledge')
    } else if (alert.state === 'acknowledged') {
      await act('review')
      await act('note', { text: 'Spoke with the head of year.' })
      const isForTutor = alert.queue === 'safeguarding' && alert.theme !== 'illegal'
      if (alert.number % SLOW === 2 && isForTutor) await act('assign', { to: desk.tutor })
    } else if (alert.number % LEFT === 4) {
      if (ageMs < 2 * DAY_MS) await act('await-information', { what: 'A call back from home' })
    } else if (alert.number % LEFT === 6 && (await mergeInto(desk, alert, cookie))) continue
    else await act('close', closing(alert.number))
  }
}

function openAlerts(db: Sqlite): readonly OpenAlert[] {
  return db
    .prepare<[], OpenAlert>(
      `SELECT id, row_number() OVER (ORDER BY opened_at, id) - 1 AS number, state, theme, queue, opened_at AS openedAt
       FROM alert ORDER BY opened_at, id`,
    )
    .all()
    .filter(({ state }) => state !== 'closed')
}

async function mergeInto(desk: Desk, alert: OpenAlert, cookie: string): Promise<boolean> {
  const other = openAlerts(desk.db).find(
    ({ id, queue, theme }) => id !== alert.id && queue === alert.queue && theme !== 'illegal',
  )
  if (other === undefined || alert.theme === 'illegal') return false
  const fields = { into: other.id, why: 'The same evening, the same two friends.' }
  const path = `/alerts/${alert.id}/merge`
  const answer = await postForm(desk.consoleUrl + path, fields, { cookie })
  return answer.status === 303
}

function closing(number: number): Record<string, string> {
  const decision = DECISIONS[number % DECISIONS.length] ?? 'no-concern'
  return {
    decision,
    reason: REASONS[decision],
    action: 'Tutor told, home called.',
    outcome: 'Settled; looked at again in two weeks.',
    caseReference: decision === 'concern' ? `CPOMS-${1000 + number}` : '',
  }
}

/** One check of the filter by hand; returns its address. */
export function makeCheck(
  desk: Desk,
  asked: { readonly tried: string; readonly seen: string; readonly room: string },
): Promise<string> {
  return post(desk, desk.it, '/checks', {
    device: 'Laptop 7',
    kind: 'laptop',
    network: 'Pupils',
    group: 'ks3',
    expected: 'blocked',
    told: 'yes',
    note: '',
    ...asked,
  })
}
