/** A provider of OpenID Connect on loopback, with real keys, that tells the truth unless it is told to lie. */
import {
  createHash,
  createHmac,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
  sign,
} from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export const CLIENT = { id: 'edge-console', secret: 'a secret of two' } as const

/** What may be said otherwise than it is. */
export interface Lie {
  /** Put over the claims of the token; undefined takes one away. */
  readonly claims?: Readonly<Record<string, unknown>>
  readonly alg?: 'none' | 'HS256'
  /** Signed by a key that is not published. */
  readonly isForeignKey?: boolean
  readonly hasNoToken?: boolean
  /** Put over the answer that the browser carries back. */
  readonly answer?: Readonly<Record<string, string | undefined>>
}

export interface LyingProvider {
  readonly issuer: string
  /** As a browser comes back, once somebody signed in: the address to which it is sent. */
  readonly comeBack: (
    asked: string,
    who: { readonly sub: string; readonly email?: string; readonly email_verified?: boolean },
    lie?: Lie,
  ) => string
  /** What it publishes of itself, and whether it answers at all. */
  readonly behave: (how: Behaviour) => void
  readonly close: () => Promise<void>
}

export interface Behaviour {
  readonly metadata?: Readonly<Record<string, unknown>>
  readonly is?: 'well' | 'failing' | 'silent' | 'endless'
}

interface Granted {
  readonly claims: Readonly<Record<string, unknown>>
  readonly challenge: string
  readonly lie: Lie
}

export async function startLyingProvider(): Promise<LyingProvider> {
  const own = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const foreign = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const codes = new Map<string, Granted>()
  let behaviour: Behaviour = {}
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const issuer = `http://127.0.0.1:${port}`
  const metadata = {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256', 'HS256', 'none'],
    token_endpoint_auth_methods_supported: ['client_secret_post'],
    authorization_response_iss_parameter_supported: true,
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { is } = behaviour
    if (is === 'silent') return
    if (is === 'failing') return void response.writeHead(503).end()
    if (is === 'endless') {
      response.writeHead(200, { 'content-type': 'application/json' })
      const more = (): boolean => response.destroyed || response.write(' '.repeat(65_536), more)
      return void more()
    }
    const path = request.url ?? ''
    const json = (value: unknown, status = 200): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
    }
    if (path === '/.well-known/openid-configuration')
      return json({ ...metadata, ...behaviour.metadata })
    const jwk = { ...own.publicKey.export({ format: 'jwk' }), kid: 'own', use: 'sig', alg: 'RS256' }
    if (path === '/jwks') return json({ keys: [jwk] })
    if (path !== '/token') return json({}, 404)
    const token = tokenOf(new URLSearchParams(await textOf(request)))
    return token === undefined
      ? json({ error: 'invalid_grant' }, 400)
      : json({
          access_token: randomUUID(),
          token_type: 'Bearer',
          ...(token && { id_token: token }),
        })
  }

  /** Undefined where the code is not right, or was used; empty where none is given. */
  function tokenOf(asked: URLSearchParams): string | undefined {
    const code = asked.get('code') ?? ''
    const granted = codes.get(code)
    codes.delete(code)
    const verifier = createHash('sha256')
      .update(asked.get('code_verifier') ?? '')
      .digest('base64url')
    const isClient =
      asked.get('client_id') === CLIENT.id && asked.get('client_secret') === CLIENT.secret
    if (granted === undefined || granted.challenge !== verifier || !isClient) return undefined
    const { claims, lie } = granted
    if (lie.hasNoToken) return ''
    return tokenBy(claims, lie, {
      own: own.privateKey,
      foreign: foreign.privateKey,
      shown: own.publicKey,
    })
  }

  return {
    issuer,
    comeBack: (asked, { sub, ...named }, lie = {}) => {
      const { searchParams } = new URL(asked)
      const code = randomUUID()
      const now = Math.floor(Date.now() / 1000)
      const nonce = searchParams.get('nonce') ?? undefined
      const claims = {
        iss: issuer,
        aud: CLIENT.id,
        sub,
        ...named,
        nonce,
        iat: now,
        exp: now + 300,
        ...(searchParams.has('max_age') && { auth_time: now }),
        ...lie.claims,
      }
      codes.set(code, { claims, lie, challenge: searchParams.get('code_challenge') ?? '' })
      const back = new URL(searchParams.get('redirect_uri') ?? '')
      const answered = { code, state: searchParams.get('state') ?? '', iss: issuer, ...lie.answer }
      for (const [name, value] of Object.entries(answered))
        if (value !== undefined) back.searchParams.set(name, value)
      return back.href
    },
    behave: (how) => {
      behaviour = how
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function tokenBy(
  claims: Readonly<Record<string, unknown>>,
  { alg, isForeignKey }: Lie,
  keys: { readonly own: KeyObject; readonly foreign: KeyObject; readonly shown: KeyObject },
): string {
  const parts = [{ alg: alg ?? 'RS256', kid: 'own', typ: 'JWT' }, claims]
  const text = parts.map((one) => Buffer.from(JSON.stringify(one)).toString('base64url')).join('.')
  const pem = keys.shown.export({ format: 'pem', type: 'spki' })
  const signature = {
    none: () => Buffer.alloc(0),
    HS256: () => createHmac('sha256', pem).update(text).digest(),
    RS256: () => sign('sha256', Buffer.from(text), isForeignKey ? keys.foreign : keys.own),
  }[alg ?? 'RS256']()
  return `${text}.${signature.toString('base64url')}`
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const part of request) text += part
  return text
}
