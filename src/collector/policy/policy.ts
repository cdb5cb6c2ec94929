import type { Clock } from '#platform/clock.ts'
import type { Sqlite } from '#platform/sqlite.ts'
import { type BoxLine, makeBoxLine } from './box-line.ts'
import { makePolicyBoxes, type PolicyBoxes } from './policy-boxes.ts'
import { makePolicyDesk, type PolicyDesk } from './policy-desk.ts'
import { makePolicyVersions, type PolicyVersions } from './policy-versions.ts'
import { makeProposals, type Proposals } from './proposals.ts'
import { makeReleases, type Releases } from './releases.ts'
import { makeUnblockRequests, type UnblockRequests } from './unblock-requests.ts'

/** What one tenant allows and denies, and the lines to its boxes. */
export interface Policy {
  readonly tenant: string
  readonly versions: PolicyVersions
  readonly boxes: PolicyBoxes
  readonly proposals: Proposals
  readonly requests: UnblockRequests
  readonly releases: Releases
  readonly line: BoxLine
  readonly desk: PolicyDesk
  /** Lets every box go that is held. */
  readonly close: () => Promise<void>
}

export function makePolicy(parts: {
  readonly db: Sqlite
  readonly tenant: string
  readonly clock: Clock
  readonly appliances: () => readonly string[]
}): Policy {
  const { db, tenant, clock, appliances } = parts
  const versions = makePolicyVersions(db, tenant)
  const boxes = makePolicyBoxes(db, tenant)
  const requests = makeUnblockRequests(db, tenant)
  const line = makeBoxLine(clock)
  return {
    tenant,
    versions,
    boxes,
    proposals: makeProposals(db, tenant),
    requests,
    releases: makeReleases({ db, tenant, clock, line, boxes, appliances }),
    line,
    desk: makePolicyDesk({ versions, boxes, requests, line, clock, appliances }),
    close: () => {
      line.close()
      return Promise.resolve()
    },
  }
}
