/** Somebody of a role goes to every page that is theirs. */
import type { Browser } from 'playwright-core'
import type { Role } from '#collector/accounts/role.ts'
import type { RunningCollector } from '#test/support/running-collector.ts'
import { pathsOf } from '../../load/pages/paths.ts'
import { openLook, type Size, type Visit } from './look.ts'

export interface WalkOptions {
  readonly collector: RunningCollector
  readonly browser: Browser
  readonly role: Role
  readonly size: Size
  readonly hasScript?: boolean
  readonly isPrinted?: boolean
  /** Pages that look the same as one in here are left out; what is looked at is added. The menu does not count. */
  readonly seen?: Set<string>
  /** Where pictures go; none are taken without. */
  readonly shots?: string | undefined
}

/** Parts of pages, which come without a head of their own. */
const PART = /fragment=/
/** What differs between people of whom both may do the same. */
const OWN =
  /<nav class="edge-nav"[\s\S]*?<\/nav>|[0-9a-f-]{36}|person-\d+|Person \d+|value="[\w-]{20,}"/gi

export async function walk(options: WalkOptions): Promise<readonly Visit[]> {
  const { collector, role, seen } = options
  const cookie = await collector.signInAs(role)
  const look = await openLook({ ...options, who: role, cookie })
  try {
    const visits: Visit[] = []
    for (const path of await pathsOf(collector, { name: role, cookie })) {
      const html = PART.test(path) ? undefined : await pageAt(collector, path, cookie)
      if (html === undefined || seen?.has(html)) continue
      seen?.add(html)
      visits.push(await look.at(path))
    }
    return visits
  } finally {
    await look.close()
  }
}

/** Nothing for a file, a way to another page, and what is closed to the role. */
async function pageAt(
  collector: RunningCollector,
  path: string,
  cookie: string,
): Promise<string | undefined> {
  const answer = await collector.page(path, cookie)
  const isPage = (answer.headers.get('content-type') ?? '').startsWith('text/html')
  if (answer.status !== 200 || !isPage) return undefined
  return (await answer.text()).replaceAll(OWN, '')
}
