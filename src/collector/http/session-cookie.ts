import type { FastifyReply, FastifyRequest } from 'fastify'

/** The session's token, and the mark of a browser that somebody signed in on. */
type CookieName = 'edge-session' | 'edge-browser'

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
    ...attributes(cookie.origin),
    maxAge: Math.floor(cookie.lifeMs / 1000),
  })
}

export function clearSessionCookie(reply: FastifyReply, origin: string): void {
  reply.clearCookie(nameFor('edge-session', origin), attributes(origin))
}

/** `__Host-` makes browsers insist on Secure, Path=/ and no Domain; over plain HTTP they would refuse it. */
function nameFor(name: CookieName, origin: string): string {
  return isSecure(origin) ? `__Host-${name}` : name
}

function attributes(origin: string): {
  path: '/'
  httpOnly: true
  sameSite: 'strict'
  secure: boolean
} {
  return { path: '/', httpOnly: true, sameSite: 'strict', secure: isSecure(origin) }
}

function isSecure(origin: string): boolean {
  return origin.startsWith('https:')
}
