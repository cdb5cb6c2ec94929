import type { FastifyReply, FastifyRequest } from 'fastify'

/** `__Host-` makes browsers insist on Secure, Path=/ and no Domain; over plain HTTP they would refuse it. */
const NAME = 'edge-session'

/** The session token that came, read by the rules of the origin it came to. */
export function readSessionCookie(request: FastifyRequest, origin: string): string | undefined {
  return request.cookies[nameFor(origin)]
}

export function setSessionCookie(
  reply: FastifyReply,
  cookie: { readonly origin: string; readonly token: string; readonly lifeMs: number },
): void {
  reply.setCookie(nameFor(cookie.origin), cookie.token, {
    ...attributes(cookie.origin),
    maxAge: Math.floor(cookie.lifeMs / 1000),
  })
}

export function clearSessionCookie(reply: FastifyReply, origin: string): void {
  reply.clearCookie(nameFor(origin), attributes(origin))
}

function nameFor(origin: string): string {
  return isSecure(origin) ? `__Host-${NAME}` : NAME
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
