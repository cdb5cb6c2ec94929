import { nameToWire, parseDomainName } from '#rules/domain-name.ts'
import { isRuleFailure } from '#rules/rule-failure.ts'
import { recordsOf } from '#wire/answer-records.ts'
import { TYPE } from '#wire/constants.ts'
import type { ActivePolicy } from '../active-policy.ts'
import type { ReadyConfig, ReadyGroup } from '../policy/ready-config.ts'
import type { Rehearsed } from '../rehearse/rehearsal.ts'
import type { Release } from '../releases/release.ts'
import { nameAt } from '../say-answer.ts'
import type { TargetState } from './reach-targets.ts'
import type { CheckResult } from './selftest-report.ts'

/** What the checks are given: the policy of the moment, and questions asked as a group. */
export interface Lab {
  readonly config: ReadyConfig
  readonly policy: ActivePolicy
  readonly releases: readonly Release[]
  readonly wallMs: number
  /** Through the real stages; pauses now and then, so that clients are answered meanwhile. */
  readonly ask: (group: string, name: string, type: number) => Promise<Seen>
  /** The same as a client, by its address. */
  readonly askAs: (client: string, name: string, type: number) => Promise<Seen>
  /** How each target of a rewrite answers, by name. */
  readonly targets: ReadonlyMap<string, TargetState>
  readonly hasInternet: boolean
}

/** A check for one group. */
export type GroupCheck = (group: ReadyGroup, lab: Lab) => Promise<readonly CheckResult[]>

/** What a client of the group would have got. */
export interface Seen extends Pick<Rehearsed, 'verdict' | 'result' | 'recorded'> {
  readonly rcode: number
  /** Records of the answer section. */
  readonly answers: number
  /** Where the first CNAME leads. */
  readonly alias: string | undefined
  readonly addresses: number
}

/** What a question and its answer were like. */
export function seenOf({ verdict, result, recorded, bytes }: Rehearsed): Seen {
  return { verdict, result, recorded, ...readMessage(bytes) }
}

/** Reads an answer of our own making. */
export function readMessage(
  bytes: Buffer,
): Pick<Seen, 'rcode' | 'answers' | 'alias' | 'addresses'> {
  if (bytes.length === 0) return { rcode: -1, answers: 0, alias: undefined, addresses: 0 }
  const answers = bytes.readUInt16BE(6)
  const records = recordsOf(bytes).slice(0, answers)
  const cname = records.find(({ type }) => type === TYPE.CNAME)
  return {
    rcode: bytes.readUInt16BE(2) & 0xf,
    answers,
    alias: cname && nameAt(bytes, cname.dataStart),
    addresses: records.filter(({ type }) => type === TYPE.A || type === TYPE.AAAA).length,
  }
}

/** Wire form of a name of our own. Throws for what is none: a fault in the product itself. */
export function wireOf(name: string): Uint8Array {
  const parsed = parseDomainName(name)
  if (isRuleFailure(parsed)) throw new SelftestNameError(`${name}: ${parsed.detail}`)
  return nameToWire(parsed)
}

class SelftestNameError extends Error {
  readonly code = 'EDGE_SELFTEST_NAME'
}
