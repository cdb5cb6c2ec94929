import { freshSeconds } from '#wire/fresh-seconds.ts'
import type { Peer } from '../peer.ts'
import type { StreamListenOptions } from '../tcp.ts'
import { copyAnswer } from '../write-answer.ts'
import { type Refused, refused } from './read-request.ts'

/** An HTTP answer, for any version of HTTP. */
export interface HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | number>>
  readonly body: Buffer
}

/**
 * Asks the pipeline what a message asks, and calls back with the answer: at once, or once an upstream has answered. Whatever is a DNS answer, an
 * error among them, is a success of HTTP (RFC 8484 section 4.2.1); it may be kept for as long as it holds, by this client alone.
 */
export function answerMessage(
  message: Buffer,
  client: Peer,
  { queries, resolve }: StreamListenOptions,
  reply: (answer: HttpAnswer) => void,
): void {
  const query = queries.take()
  query.begin('doh', client.address)
  query.endpoint = client.endpoint
  query.view.bytes = message
  query.view.start = 0
  query.view.length = message.length
  const finish = (): void => {
    const body = copyAnswer(query, 0)
    queries.giveBack(query)
    reply(body.length > 0 ? dnsAnswer(body) : refusal(refused(400, 'this is no DNS query')))
  }
  const answer = resolve(query)
  if (answer instanceof Promise) answer.then(finish, () => reply(refusal(BROKEN)))
  else finish()
}

const BROKEN = refused(503, 'this could not be worked on')

/** Says why a request gets no DNS message, for whoever tries it by hand. */
export function refusal({ status, text }: Refused): HttpAnswer {
  const body = Buffer.from(`${text}\n`)
  return {
    status,
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      'content-length': body.length,
      'cache-control': 'no-store',
      ...(status === 405 && { allow: 'GET, POST' }),
    },
    body,
  }
}

function dnsAnswer(body: Buffer): HttpAnswer {
  return {
    status: 200,
    headers: {
      'content-type': 'application/dns-message',
      'content-length': body.length,
      'cache-control': `private, max-age=${freshSeconds(body)}`,
    },
    body,
  }
}
