import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { fault } from '#console/words/fault.ts'
import type { Pages } from '../pages/pages.ts'
import type { AllowedHosts } from './allowed-hosts.ts'
import { sendFault } from './send-page.ts'

/** Methods that change nothing. */
export const READS: ReadonlySet<string> = new Set(['GET', 'HEAD'])

/** Refuses names that are not ours (DNS rebinding) and writes that other sites' pages make (CSRF). */
export function addGuards(server: FastifyInstance, hosts: AllowedHosts, pages: Pages): void {
  server.addHook('onRequest', async (request, reply) => {
    const origin = hosts.originOf(request.headers.host)
    if (origin === undefined) return sendFault(reply, pages, { status: 421, ...fault.wrongAddress })
    if (isForeignWrite(request, origin))
      return sendFault(reply, pages, { status: 403, ...fault.otherSite })
    return undefined
  })
}

/** Headers of every answer; nothing inline, nothing foreign, nothing framed, nothing cached. */
export function addSecurityHeaders(server: FastifyInstance): void {
  const policy = [
    "default-src 'self'",
    "font-src 'self'",
    "base-uri 'none'",
    "object-src 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')
  server.addHook('onSend', async (_request: FastifyRequest, reply: FastifyReply, payload) => {
    reply.header('content-security-policy', policy)
    reply.header('x-content-type-options', 'nosniff')
    // With `no-referrer` browsers would send `Origin: null` on our own forms.
    reply.header('referrer-policy', 'same-origin')
    reply.header('cross-origin-opener-policy', 'same-origin')
    reply.header('cross-origin-resource-policy', 'same-origin')
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store')
    return payload
  })
}

/** Appliances sign what they send and carry no cookie, so only people's requests are asked where they come from. */
function isForeignWrite({ method, url, headers }: FastifyRequest, origin: string): boolean {
  if (READS.has(method) || url.startsWith('/v1/')) return false
  if (headers['sec-fetch-site'] === 'cross-site') return true
  return headers.origin !== origin
}
