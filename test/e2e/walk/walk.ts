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
  /** Pages to leave out: somebody has been there. */
  readonly skip?: ReadonlySet<string>
  /** Where pictures go; none are taken without. */
  readonly shots?: string | undefined
}

/** Parts of pages, which come without a head of their own. */
const PART = /fragment=/

export async function walk(options: WalkOptions): Promise<readonly Visit[]> {
  const { collector, role, skip } = options
  const cookie = await collector.signInAs(role)
  const look = await openLook({ ...options, who: role, cookie })
  try {
    const visits: Visit[] = []
    for (const path of await pathsOf(collector, { name: role, cookie })) {
      if (PART.test(path) || skip?.has(path) || !(await isPage(collector, path, cookie))) continue
      visits.push(await look.at(path))
    }
    return visits
  } finally {
    await look.close()
  }
}

/** Not a file, not a way to another page, not closed to the role. */
async function isPage(collector: RunningCollector, path: string, cookie: string): Promise<boolean> {
  const { status, headers } = await collector.page(path, cookie)
  return status === 200 && (headers.get('content-type') ?? '').startsWith('text/html')
}
