import type { FastifyReply, FastifyRequest } from 'fastify'

/** The session's token, the mark of a browser that somebody signed in on, and a way to a provider and back. */
type CookieName = 'edge-session' | 'edge-browser' | 'edge-journey'

/** A cookie that came, read by the rules of the origin it came to. */
export function readCookie(
  request: FastifyRequest,
  name: CookieName,
  origin: string,
): string | undefined {
  return request.cookies[nameFor(name, origin)]
}

export function setCookie(
  reply: FastifyReply,
  name: CookieName,
  cookie: { readonly origin: string; readonly value: string; readonly lifeMs: number },
): void {
  reply.setCookie(nameFor(name, cookie.origin), cookie.value, {
    ...attributes(name, cookie.origin),
    maxAge: Math.floor(cookie.lifeMs / 1000),
  })
}

export function clearCookie(reply: FastifyReply, name: CookieName, origin: string): void {
  reply.clearCookie(nameFor(name, origin), attributes(name, origin))
}

/** `__Host-` makes browsers insist on Secure, Path=/ and no Domain; over plain HTTP they would refuse it. */
function nameFor(name: CookieName, origin: string): string {
  return isSecure(origin) ? `__Host-${name}` : name
}

/** The journey's comes back with a link of the provider's site, which sends no strict cookie. */
function attributes(
  name: CookieName,
  origin: string,
): {
  path: '/'
  httpOnly: true
  sameSite: 'strict' | 'lax'
  secure: boolean
} {
  const sameSite = name === 'edge-journey' ? 'lax' : 'strict'
  return { path: '/', httpOnly: true, sameSite, secure: isSecure(origin) }
}

function isSecure(origin: string): boolean {
  return origin.startsWith('https:')
}
