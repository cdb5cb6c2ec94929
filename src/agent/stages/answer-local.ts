import { RCODE, TYPE } from '#wire/constants.ts'
import type { PolicySlot } from '../active-policy.ts'
import { answerLocally } from '../local-answer.ts'
import { isName, type OwnResolver } from '../own-resolver.ts'
import type { Answer, Query } from '../query.ts'
import { localUseOf } from '../special-use.ts'
import type { Stage } from '../stage.ts'

const LOCAL_TTL_SECONDS = 3_600
/** Of what the box says of itself: short, so that another configuration is soon seen. */
const OWN_TTL_SECONDS = 300
const LOOPBACK_IPV4 = Uint8Array.of(127, 0, 0, 1)
const LOOPBACK_IPV6 = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1)
const IPV4ONLY = [Uint8Array.of(192, 0, 0, 170), Uint8Array.of(192, 0, 0, 171)]
/** CPU "RFC8482", OS empty: the answer to ANY (RFC 8482 section 4.2). */
const HINFO_ANY = Uint8Array.of(7, 0x52, 0x46, 0x43, 0x38, 0x34, 0x38, 0x32, 0)

/** `_dns.resolver.arpa` in wire form. */
const DDR_NAME = Buffer.from('\u0004_dns\u0008resolver\u0004arpa\u0000', 'latin1')

/** Answers names that must never leave the site, those of this box, and questions that no upstream should see. */
export function makeAnswerLocal(policy: PolicySlot): Stage {
  return (next) => (query) => {
    const { view } = query
    const { own } = policy.current
    const use = localUseOf(view.name, view.nameLength, view.type, policy.current)
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
        return answerResolver(query, own)
      case 'own designations':
        return answerDesignations(query, own)
      case 'own name':
        return answerAddresses(query, own?.ipv4 ?? [], own?.ipv6 ?? [], OWN_TTL_SECONDS)
      case 'nonexistent':
        return answerNegative(query, RCODE.NXDOMAIN)
      default:
        return use satisfies never
    }
  }
}

/** `resolver.arpa` and below (RFC 9462 section 6.4). Who looks for another resolver is told of ours, or else counted. */
function answerResolver(query: Query, own: OwnResolver | undefined): Answer {
  const { view } = query
  if (!own || own.designations.length === 0) {
    query.asksForResolver = true
    return answerNegative(query, RCODE.NOERROR)
  }
  return isName(DDR_NAME, view.name, view.nameLength)
    ? answerDesignations(query, own)
    : answerNegative(query, RCODE.NOERROR)
}

function answerDesignations(query: Query, own: OwnResolver | undefined): Answer {
  const data = query.view.type === TYPE.SVCB ? (own?.designations ?? []) : []
  return data.length > 0
    ? answerRecords(query, TYPE.SVCB, data, OWN_TTL_SECONDS)
    : answerNegative(query, RCODE.NOERROR, OWN_TTL_SECONDS)
}

function answerAddresses(
  query: Query,
  ipv4: readonly Uint8Array[],
  ipv6: readonly Uint8Array[],
  ttlSeconds = LOCAL_TTL_SECONDS,
): Answer {
  const { type } = query.view
  const data = type === TYPE.A ? ipv4 : type === TYPE.AAAA ? ipv6 : []
  return data.length > 0
    ? answerRecords(query, type, data, ttlSeconds)
    : answerNegative(query, RCODE.NOERROR, ttlSeconds)
}

function answerRecords(
  query: Query,
  type: number,
  data: readonly Uint8Array[],
  ttlSeconds = LOCAL_TTL_SECONDS,
): Answer {
  const answers = { type, ttlSeconds, data }
  return answerLocally(query, 'local', { rcode: RCODE.NOERROR, answers })
}

function answerNegative(query: Query, rcode: number, ttlSeconds = LOCAL_TTL_SECONDS): Answer {
  return answerLocally(query, 'local', { rcode, negativeTtlSeconds: ttlSeconds })
}
