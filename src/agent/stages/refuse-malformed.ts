import { CLASS, RCODE, TYPE } from '#wire/constants.ts'
import type { ParseOutcome } from '#wire/query-view.ts'
import { answerLocally } from '../local-answer.ts'
import type { Answer, Query, Transport } from '../query.ts'
import type { Stage } from '../stage.ts'

const RCODE_OF: Record<Exclude<ParseOutcome, 'ok' | 'no-answer' | 'cookie-alone'>, number> = {
  'bad-format': RCODE.FORMERR,
  'not-implemented': RCODE.NOTIMP,
  'bad-version': RCODE.BADVERS,
}

/**
 * Parses the message and answers what is no query that we serve (RFC 8906: something always comes back). What is
 * itself an answer, or shorter than a header, gets silence: answering it would let two servers talk for ever.
 * Fails closed.
 */
export function makeRefuseMalformed(): Stage {
  return (next) => (query) => {
    const { view } = query
    const outcome = view.parse(view.bytes, view.start, view.length)
    if (outcome === 'no-answer') return query.answer.setNone()
    // The next stage answers it.
    if (outcome === 'cookie-alone') return next(query)
    if (outcome !== 'ok') return answerLocally(query, 'malformed', { rcode: RCODE_OF[outcome] })
    if (view.keepaliveBytes > 0 && isStream(query.transport))
      return answerLocally(query, 'malformed', { rcode: RCODE.FORMERR })
    return isServed(view.class, view.type) ? next(query) : refuse(query)
  }
}

/** Where a timeout can be asked for (RFC 7828 section 3.2.1: without naming one); over UDP the option is passed over, HTTP has its own. */
function isStream(transport: Transport): boolean {
  return transport === 'tcp' || transport === 'dot'
}

function refuse(query: Query): Answer {
  return answerLocally(query, 'refused', { rcode: RCODE.REFUSED })
}

/** Class IN only; no zone transfers (RFC 5936), no OPT or reserved type as a question. */
function isServed(queryClass: number, type: number): boolean {
  if (queryClass !== CLASS.IN) return false
  return type !== TYPE.AXFR && type !== TYPE.IXFR && type !== TYPE.OPT && type !== 0
}
