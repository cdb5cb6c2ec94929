import { ROUTE_ACCESS } from '#collector/http/route-access.ts'
import type { RunningCollector } from '#test/support/running-collector.ts'
import type { Viewer } from './viewers.ts'

const DAY_MS = 86_400_000

/** Pages that the table of routes does not have as they stand: narrowed lists, later pages, the parts of open pages. */
const MORE = [
  '/?fragment=today',
  '/alerts?fragment=rows',
  '/alerts?state=all',
  '/alerts?state=all&page=400',
  '/alerts?state=closed&severity=critical',
  '/alerts?state=all&text=pupil-17',
  '/events?fragment=rows',
  '/events?severity=critical',
  '/events?group=Year+9&category=harm.suicide',
  '/digest?back=20',
  '/devices?fragment=rows',
  '/devices?text=device-17',
]

/** A stream, a form that is asked for on the way to something, and ways to a sign-in of the school's. */
const NO_PAGES: ReadonlySet<string> = new Set([
  '/live',
  '/prove',
  '/prove/provider',
  '/ways-in/provider',
])

/** Every page of the console, and one of each kind that the viewer finds in their lists. */
export async function pathsOf(
  collector: RunningCollector,
  viewer: Viewer,
): Promise<readonly string[]> {
  const fixed = Object.entries(ROUTE_ACCESS).flatMap(([route, { who }]) => {
    const [method, path = ''] = route.split(' ')
    const isPage = method === 'GET' && Array.isArray(who) && !path.includes(':')
    return isPage && !NO_PAGES.has(path) && !path.endsWith('.csv') ? [path] : []
  })
  const found: string[] = []
  for (const list of ['/alerts?state=all', '/events', '/devices', '/checks', '/decisions']) {
    const html = await (await collector.page(list, viewer.cookie)).text()
    const one = new RegExp(`href="(/${list.slice(1).split('?')[0]}/(?!new")[^"?]+)`).exec(html)?.[1]
    if (one === undefined) continue
    found.push(one)
    const own = await (await collector.page(one, viewer.cookie)).text()
    if (own.includes(`href="${one}/hand-over"`)) found.push(`${one}/hand-over`)
  }
  const from = new Date(Date.now() - 360 * DAY_MS).toISOString().slice(0, 10)
  return [...fixed, `/report?from=${from}`, ...MORE, ...found]
}
