import type { IncomingMessage, ServerResponse } from 'node:http'
import { makeBuckets } from '../token-bucket.ts'
import type { AskAgent, Visit } from './ask-agent.ts'
import { askedHost } from './asked-host.ts'
import { clientKey } from './client-key.ts'
import { embeddedType, isForPage } from './embedded-answer.ts'
import { type FormTokens, makeFormTokens } from './form-token.ts'
import type { AskOutcome, PageFacts } from './page-facts.ts'
import { PAGE_HEADERS } from './page-headers.ts'
import { PAGE_LIMITS } from './page-limits.ts'
import type { PageOutcome } from './page-messages.ts'
import { readForm, readValues, type SentForm } from './read-form.ts'
import { EMPTY_FORM, type FormProblem, type FormValues } from './render-form.ts'
import { type PageFrame, renderLayout } from './render-layout.ts'
import { renderPage } from './render-page.ts'

export interface ServePageOptions {
  readonly agent: AskAgent
  /** Read anew for each page, for a reload may change it. */
  readonly frame: () => PageFrame
  readonly count: (outcome: PageOutcome) => void
  readonly monotonicMs: () => number
}

const ALL = 'all'

/** Answers one HTTP request, whatever its Host and path. The answer rejects only when the connection breaks. */
export function makeServePage(
  options: ServePageOptions,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { agent, count, monotonicMs } = options
  const mayOpen = makePageLimits(monotonicMs)
  const asking = makeAsking(options, makeFormTokens(monotonicMs))
  return async (request, response) => {
    const { method = '', headers } = request
    const visit = { address: request.socket.remoteAddress ?? '', host: headers.host ?? '' }
    if (method !== 'GET' && method !== 'HEAD' && method !== 'POST') {
      count('bad-request')
      return sendEmpty(response, 405, { allow: 'GET, HEAD, POST' })
    }
    const kind = {
      accept: headers.accept,
      destination: oneOf(headers['sec-fetch-dest']),
      path: request.url ?? '/',
    }
    if (method !== 'POST' && !isForPage(kind)) {
      count('embedded')
      return sendEmpty(response, 403, { 'content-type': embeddedType(kind) })
    }
    if (!mayOpen(clientKey(visit.address))) {
      count('too-many-requests')
      return sendEmpty(response, 429, { 'retry-after': '5' })
    }
    if (method === 'POST') return asking.post(visit, request, response)
    const facts = await agent.look(visit)
    if (!facts) {
      count('busy')
      return sendEmpty(response, 503, { 'retry-after': '5' })
    }
    count('page')
    return asking.show(response, visit, { facts, values: EMPTY_FORM })
  }
}

function makePageLimits(monotonicMs: () => number): (client: string) => boolean {
  const { pages, pagesPerSecond, pagesPerClient, pagesPerClientSecond, clients } = PAGE_LIMITS
  const perClient = makeBuckets({
    tokens: pagesPerClient,
    refillMs: (1000 * pagesPerClient) / pagesPerClientSecond,
    keysMax: clients,
  })
  const all = makeBuckets({ tokens: pages, refillMs: (1000 * pages) / pagesPerSecond, keysMax: 1 })
  return (client) => {
    const nowMs = monotonicMs()
    return perClient(client, nowMs) && all(ALL, nowMs)
  }
}

/** What a page shows. */
interface Shown {
  readonly facts: PageFacts
  readonly values: FormValues
  readonly problem?: FormProblem
  readonly outcome?: AskOutcome['kind']
}

interface Asking {
  readonly show: (response: ServerResponse, visit: Visit, shown: Shown) => void
  readonly post: (visit: Visit, request: IncomingMessage, response: ServerResponse) => Promise<void>
}

/** Shows pages with their forms, and takes the forms back. */
function makeAsking(options: ServePageOptions, tokens: FormTokens): Asking {
  const { agent, frame, count, monotonicMs } = options
  const mayAsk = makeAskLimits(monotonicMs)
  const show: Asking['show'] = (response, visit, { facts, values, problem, outcome }) => {
    const canAsk = facts.kind === 'blocked' && facts.canAsk
    const name = askedHost(visit.host) ?? ''
    const form = canAsk
      ? { token: tokens.make(clientKey(visit.address), name), values, problem }
      : undefined
    const now = frame()
    const content = renderPage(facts, { form, outcome }, now)
    sendPage(response, content.status, renderLayout(content, now))
  }
  const take = async (visit: Visit, { token, values }: SentForm): Promise<Shown | undefined> => {
    const facts = await agent.look(visit)
    if (facts?.kind !== 'blocked' || !facts.canAsk) return facts && { facts, values }
    const form = readValues(values, facts.audience === 'staff')
    if (typeof form === 'string') return { facts, values, problem: form }
    const client = clientKey(visit.address)
    if (!tokens.take(token, client, facts.name)) return { facts, values, problem: 'out-of-date' }
    if (!mayAsk(client)) return { facts, values, problem: 'too-often' }
    const told = await agent.ask(visit, form)
    return told && { facts: told.facts, values: EMPTY_FORM, outcome: told.kind }
  }
  return {
    show,
    post: async (visit, request, response) => {
      const form = isOwnPage(request) ? await readForm(request) : undefined
      if (!form) {
        count('bad-request')
        return sendEmpty(response, 400, {})
      }
      const shown = await take(visit, form)
      count(shown ? 'asked' : 'busy')
      if (!shown) return sendEmpty(response, 503, { 'retry-after': '5' })
      return show(response, visit, shown)
    },
  }
}

function makeAskLimits(monotonicMs: () => number): (client: string) => boolean {
  const { asks, asksPerClient, askWindowMs: refillMs, clients } = PAGE_LIMITS
  const perClient = makeBuckets({ tokens: asksPerClient, refillMs, keysMax: clients })
  const all = makeBuckets({ tokens: asks, refillMs, keysMax: 1 })
  return (client) => {
    const nowMs = monotonicMs()
    return perClient(client, nowMs) && all(ALL, nowMs)
  }
}

/** What a browser says of where a form comes from: `null` after our own Referrer-Policy. The token decides; this only saves work. */
function isOwnPage({ headers }: IncomingMessage): boolean {
  const site = oneOf(headers['sec-fetch-site'])
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false
  const { origin, host = '' } = headers
  return (
    origin === undefined ||
    origin === 'null' ||
    origin.replace(/^https?:\/\//, '').toLowerCase() === host.toLowerCase()
  )
}

function sendPage(response: ServerResponse, status: number, html: string): void {
  response.writeHead(status, {
    ...PAGE_HEADERS,
    'content-type': 'text/html; charset=utf-8',
    'content-length': Buffer.byteLength(html),
  })
  response.end(html)
}

/** Says no in few bytes and ends the connection: whoever asks too much starts anew. */
function sendEmpty(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
): void {
  response.writeHead(status, {
    ...PAGE_HEADERS,
    'content-length': '0',
    connection: 'close',
    ...headers,
  })
  response.end()
}

function oneOf(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0]
}
