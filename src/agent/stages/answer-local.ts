import { RCODE, TYPE } from '#wire/constants.ts'
import type { PolicySlot } from '../active-policy.ts'
import { answerLocally } from '../local-answer.ts'
import type { Answer, Query } from '../query.ts'
import { localUseOf } from '../special-use.ts'
import type { Stage } from '../stage.ts'

const LOCAL_TTL_SECONDS = 3_600
const LOOPBACK_IPV4 = Uint8Array.of(127, 0, 0, 1)
const LOOPBACK_IPV6 = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1)
const IPV4ONLY = [Uint8Array.of(192, 0, 0, 170), Uint8Array.of(192, 0, 0, 171)]
/** CPU "RFC8482", OS empty: the answer to ANY (RFC 8482 section 4.2). */
const HINFO_ANY = Uint8Array.of(7, 0x52, 0x46, 0x43, 0x38, 0x34, 0x38, 0x32, 0)

/** Answers names that must never leave the site, and questions that no upstream should see. */
export function makeAnswerLocal(policy: PolicySlot): Stage {
  return (next) => (query) => {
    const { view } = query
    const use = localUseOf(view.name, view.nameLength, view.type, policy.current.zones)
    switch (use) {
      case 'none':
        return next(query)
      case 'any':
        return answerRecords(query, TYPE.HINFO, [HINFO_ANY])
      case 'localhost':
        return answerAddresses(query, [LOOPBACK_IPV4], [LOOPBACK_IPV6])
      case 'ipv4only':
        return answerAddresses(query, IPV4ONLY, [])
      case 'resolver':
        query.asksForResolver = true
        return answerNegative(query, RCODE.NOERROR)
      case 'nonexistent':
        return answerNegative(query, RCODE.NXDOMAIN)
      default:
        return use satisfies never
    }
  }
}

function answerAddresses(
  query: Query,
  ipv4: readonly Uint8Array[],
  ipv6: readonly Uint8Array[],
): Answer {
  const { type } = query.view
  const data = type === TYPE.A ? ipv4 : type === TYPE.AAAA ? ipv6 : []
  return data.length > 0 ? answerRecords(query, type, data) : answerNegative(query, RCODE.NOERROR)
}

function answerRecords(query: Query, type: number, data: readonly Uint8Array[]): Answer {
  const answers = { type, ttlSeconds: LOCAL_TTL_SECONDS, data }
  return answerLocally(query, 'local', { rcode: RCODE.NOERROR, answers })
}

function answerNegative(query: Query, rcode: number): Answer {
  return answerLocally(query, 'local', { rcode, negativeTtlSeconds: LOCAL_TTL_SECONDS })
}
