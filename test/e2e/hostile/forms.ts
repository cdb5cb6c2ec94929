/** The forms that stand on pages, as a browser reads them, and what is sent by them. */
import type { Page } from 'playwright-core'
import { z } from 'zod'
import { ROUTE_ACCESS } from '#collector/http/route-access.ts'

interface Field {
  readonly name: string
  readonly type: string
  readonly value: string
  readonly options: readonly string[]
}

export interface Form {
  /** As in the table of routes: `POST /alerts/:id/note`. */
  readonly route: string
  readonly action: string
  readonly isMultipart: boolean
  readonly fields: readonly Field[]
}

const found = z.array(
  z.object({
    method: z.string(),
    action: z.string(),
    isMultipart: z.boolean(),
    fields: z.array(
      z.object({
        name: z.string(),
        type: z.string(),
        value: z.string(),
        options: z.array(z.string()),
      }),
    ),
  }),
)
/** A document that is parsed so runs nothing and fetches nothing. */
const READ = `(html) => [...new DOMParser().parseFromString(html, 'text/html').forms].flatMap((form) => [
  form.getAttribute('action') ?? '', ...[...form.querySelectorAll('[formaction]')].map((one) => one.getAttribute('formaction')),
].map((action) => ({
  action,
  method: form.method.toUpperCase(),
  isMultipart: form.enctype.startsWith('multipart'),
  fields: [...form.elements].filter((one) => one.name).map((one) => ({
    name: one.name, type: one.type, value: one.value ?? '', options: [...(one.options ?? [])].map(({ value }) => value),
  })),
})))`

/** Those of a page that was fetched; `at` is its address, which is that of a form without one. */
export async function formsOf(page: Page, html: string, at: string): Promise<readonly Form[]> {
  const forms = found.parse(await page.evaluate(`(${READ})(${JSON.stringify(html)})`))
  return forms.map(({ method, action, isMultipart, fields }) => {
    const to = action === '' ? at : action
    return { route: `${method} ${routeOf(method, to)}`, action: to, isMultipart, fields }
  })
}

/** The route of an address; what is none stands as it is. */
function routeOf(method: string, action: string): string {
  const path = action.split('?')[0] ?? ''
  const parts = path.split('/')
  const routes = Object.keys(ROUTE_ACCESS).map((one) => one.split(' '))
  const fits = (route: string): boolean => {
    const own = route.split('/')
    return (
      own.length === parts.length && own.every((one, i) => one === parts[i] || one.startsWith(':'))
    )
  }
  const exact = routes.find(([verb, route]) => verb === method && route === path)
  const found = exact ?? routes.find(([verb, route = '']) => verb === method && fits(route))
  return found?.[1] ?? path
}

/** What somebody would answer who means no harm, by the name of the field, and by its type. */
const ANSWERS: Readonly<Record<string, string>> = {
  on: '2026-03-01',
  review: '2026-09-01',
  minutes: '30',
  device: 'Laptop 7',
  kind: 'laptop',
  room: 'Room 12',
  group: 'ks3',
  tried: 'harm.selfharm',
  expected: 'blocked',
  seen: 'opened',
  roles: 'governor',
  action: 'deny',
  length: 'hour',
}
const BY_TYPE: Readonly<Record<string, string>> = { time: '10:30', date: '2026-04-01' }
const BY_ROUTE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'POST /policy/releases': { category: '', name: 'lesson.example.org', group: 'ks3' },
  'POST /policy/rules': { name: 'game.example.org', groups: 'ks3', until: '' },
  'POST /policy/propose': { name: 'news.example.org', groups: 'ks3', until: '' },
  'POST /themes/set-aside': { group: 'ks3' },
}
const PLAIN = 'Somebody means well.'
let people = 0

/** One value a name. */
export function plainAnswers({ fields, route }: Form): Readonly<Record<string, string>> {
  const answers: Record<string, string> = {}
  for (const { name, type, value, options } of fields) {
    if (type === 'file' || Object.hasOwn(answers, name)) continue
    const choice = options.find((one) => one !== '') ?? value
    const own = type === 'select-one' ? choice : value
    answers[name] =
      own !== '' && type !== 'checkbox' ? own : (ANSWERS[name] ?? BY_TYPE[type] ?? PLAIN)
    if (name === 'email') answers[name] = `somebody-${++people}@school.test`
  }
  return { ...answers, ...BY_ROUTE[route] }
}

/** Within a table that is understood as far as it goes, where the field takes one. */
export function withinTable(name: string, text: string): string | undefined {
  const cell = `"${text.replaceAll('"', '""')}"`
  if (name.startsWith('week')) return `Day,Kind,Name,From,To\nMonday,lesson,${cell},09:00,10:00\n`
  if (name.startsWith('days')) return `Kind,From,To,Name\nterm,2026-01-05,2026-07-20,${cell}\n`
  return undefined
}

/** As a browser sends it, from a page of the console. */
export function send(
  consoleUrl: string,
  { action, isMultipart, route }: Pick<Form, 'action' | 'isMultipart' | 'route'>,
  fields: Readonly<Record<string, string>>,
  cookie: string,
): Promise<Response> {
  const headers = { cookie, origin: consoleUrl, accept: 'text/html' }
  if (route.startsWith('GET ')) {
    const query = new URLSearchParams(fields).toString()
    return fetch(`${consoleUrl}${action.split('?')[0]}?${query}`, { headers, redirect: 'manual' })
  }
  const body = isMultipart ? new FormData() : new URLSearchParams()
  for (const [name, value] of Object.entries(fields))
    if (body instanceof FormData && name.endsWith('File'))
      body.append(name, new Blob([value]), 'a.csv')
    else body.append(name, value)
  return fetch(consoleUrl + action, { method: 'POST', redirect: 'manual', headers, body })
}
