import type { CaptureReport, WentElsewhere } from '#domain/capture-report.ts'
import type { CategoryId } from '#rules/category-ids.ts'
import { readClientKey } from '../identity/assignment.ts'
import type { BlockedLookup } from '../signals/blocked-lookup.ts'
import { CATEGORY_OF_WAY, SIGN_OF_CATEGORY, SIGN_OF_WAY } from './bypass-signal.ts'
import type { BypassWatch, BypassWatchOptions } from './bypass-watch.ts'
import type { RogueServers } from './rogue-servers.ts'

export interface BypassDeskParts {
  readonly watch: BypassWatch
  readonly rogues: RogueServers
  readonly who: BypassWatchOptions['who']
  /** Whether a group may not have a category: who may have it goes round nothing. */
  readonly isForbidden: (group: string, category: CategoryId) => boolean
}

/** Takes what other parts notice, and makes signs of it. */
export interface BypassDesk {
  readonly lookup: (lookup: BlockedLookup) => void
  readonly report: (report: CaptureReport) => void
  /** A device that asked steadily does so no more, and is still there. */
  readonly silent: (address: string) => void
}

export function makeBypassDesk({ watch, rogues, who, isForbidden }: BypassDeskParts): BypassDesk {
  const wentElsewhere = (report: WentElsewhere): void => {
    const { way, sign: seenBy, address, mac, server, port, name, packets } = report
    if (!isForbidden(who({ address, mac }).group, CATEGORY_OF_WAY[way])) return
    const place = `${server} port ${port}`
    const sample = name === undefined ? place : `${name} (${place})`
    const sign = SIGN_OF_WAY[way]
    watch.record({ sign, seenBy, address, mac, server, count: packets, sample })
  }
  return {
    lookup: ({ client, group, category, name, count = 1 }) => {
      const { address, mac } = readClientKey(client)
      const of = { address, group, mac }
      const sign = SIGN_OF_CATEGORY.get(category)
      if (sign === undefined) return watch.blocked(of)
      const sample = name.form === 'clear' ? name.name : ''
      watch.record({ ...of, sign, count, sample })
    },
    report: (report) => {
      if (report.kind === 'went-elsewhere') wentElsewhere(report)
      else if (report.kind === 'rogue-server-seen') rogues.record(report)
    },
    silent: (address) => watch.record({ sign: 'fell-silent', address, count: 1, sample: '' }),
  }
}
