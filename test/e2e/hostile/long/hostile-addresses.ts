/** Every address with hostile texts in every part of it: each is answered, leads nowhere else, and comes back as text alone. */
import t from 'tap'
import { browserMissing, launchBrowser } from '#test/support/browser.ts'
import { pathsOf } from '../../../load/pages/paths.ts'
import { faultsOfCsv } from '../files.ts'
import { formsOf } from '../forms.ts'
import { routesOf } from '../routes.ts'
import { type HostileSchool, hostileSchool } from '../school.ts'
import { faultsOfHtml, TEXTS } from '../texts.ts'

/** What may stand in addresses of which no form and no link tells. */
const QUIET = [
  'to',
  'passed',
  'fragment',
  'after',
  'before',
  'box',
  'page',
  'back',
  'from',
  '__proto__',
]
/** Each page with all of them at once, with some of the texts each. */
const QUIET_EACH = 3
/** Longer addresses are refused before anybody reads them. */
const QUERY_MAX = 2000

t.test('every part of every address', { skip: browserMissing, timeout: 175_000 }, async (t) => {
  const school = await hostileSchool(t, 'few')
  const { collector, desk } = school
  const { consoleUrl } = collector
  const faults: string[] = []
  const note = async (what: string, answer: Response, text: string): Promise<void> => {
    const type = answer.headers.get('content-type') ?? ''
    const to = answer.headers.get('location') ?? ''
    const refresh = answer.headers.get('refresh') ?? ''
    if (!/^(?:\/(?!\/)|$)/.test(to)) faults.push(`${what}: sends away to ${to}`)
    if (/evil\.test/.test(refresh) && !refresh.includes('%2F%2Fevil'))
      faults.push(`${what}: refreshes to ${refresh}`)
    const said = await answer.text()
    const { status } = answer
    if (status === 500 || status > 503) faults.push(`${what}: answered ${status}`)
    const found = type.startsWith('text/csv') ? faultsOfCsv(said) : faultsOfHtml(said, text)
    for (const one of found) faults.push(`${what} ${JSON.stringify(text.slice(0, 40))}: ${one}`)
  }

  await t.test('in every part of every address', async (t) => {
    const browser = await launchBrowser()
    t.teardown(() => browser.close())
    const asked = await queriesOf(await browser.newPage(), school)
    t.ok(asked.size > 25)
    const ask = async (
      path: string,
      query: Record<string, string>,
      text: string,
    ): Promise<void> => {
      const words = new URLSearchParams(query).toString()
      const cookie = path === '/sign-in' ? '' : desk
      const what = `${path}?${Object.keys(query).join('&')}`
      await note(what, await collector.page(`${path}?${words}`, cookie), text)
    }
    for (const [at, [path, names]] of [...asked].entries())
      for (const [index, whole] of TEXTS.entries()) {
        if (path.endsWith('.pdf')) continue
        const text = whole.slice(0, QUERY_MAX)
        for (const name of names) await ask(path, { [name]: text }, text)
        const others = QUIET.map((name, on) => [
          name,
          (TEXTS[(index + on) % TEXTS.length] ?? '').slice(0, 100),
        ])
        if ((at + index) % QUIET_EACH === 0) await ask(path, Object.fromEntries(others), '')
      }
    t.same(faults.splice(0), [])
  })

  await t.test('as a part of every path', async (t) => {
    for (const [method, path] of [
      ...routesOf('GET').map((one) => ['GET', one] as const),
      ...routesOf('POST').map((one) => ['POST', one] as const),
    ])
      if (path.includes(':'))
        for (const text of TEXTS) {
          const url = consoleUrl + path.replace(/:\w+/, encodeURIComponent(text.toWellFormed()))
          const answer = await fetch(url, {
            method,
            redirect: 'manual',
            headers: { cookie: desk, origin: consoleUrl, accept: 'text/html' },
          })
          await note(`${method} ${path}`, answer, text)
        }
    t.same(faults.splice(0), [])
  })
})

/** Pages by their paths, with every name that stands in a link or a form of theirs. */
async function queriesOf(
  page: Parameters<typeof formsOf>[0],
  { collector, desk, cookies }: HostileSchool,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const asked = new Map<string, Set<string>>(
    routesOf('GET')
      .filter((path) => !path.includes(':'))
      .map((path) => [path, new Set()]),
  )
  const add = (path: string, name: string): void => void asked.get(path)?.add(name)
  for (const [name, cookie] of [
    ['desk', desk],
    ['head', cookies.head],
    ['auditor', cookies.auditor],
  ] as const)
    for (const path of await pathsOf(collector, { name, cookie })) {
      if (path.endsWith('.pdf')) continue
      const html = await (await collector.page(path, cookie)).text()
      for (const { route, fields } of await formsOf(page, html, path.split('?')[0] ?? ''))
        if (route.startsWith('GET ')) for (const one of fields) add(route.slice(4), one.name)
      for (const [, to = '', query = ''] of html.matchAll(/href="(\/[^"?#]*)?\?([^"#]*)"/g))
        for (const one of new URLSearchParams(query.replaceAll('&amp;', '&')).keys())
          add(to === '' ? (path.split('?')[0] ?? '') : to, one)
    }
  return asked
}
