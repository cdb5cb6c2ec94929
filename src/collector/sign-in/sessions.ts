import { createHash, randomBytes } from 'node:crypto'
import type { Clock } from '#platform/clock.ts'
import type { CollectorLimits } from '../config/collector-limits.ts'
import type { SessionRecord, SessionStore } from '../store/collector-store.ts'

/** 256 bits in base64url. */
const TOKEN = /^[A-Za-z0-9_-]{43}$/

/** Sessions of people; the token is only in their cookie, the store knows its hash. */
export interface Sessions {
  /** Makes a session and returns its token; `account` is undefined for the one-time code alone. `isProved`: by a secret shown here. */
  readonly begin: (
    account: string | undefined,
    address: string,
    isProved: boolean,
  ) => Promise<string>
  /** Undefined when it has ended or never was. */
  readonly find: (token: string | undefined) => Promise<SessionRecord | undefined>
  /** Live ones of an account, newest first. */
  readonly of: (account: string) => Promise<readonly SessionRecord[]>
  /** Its owner has shown a secret again. */
  readonly prove: (session: SessionRecord) => Promise<void>
  readonly end: (token: string | undefined) => Promise<void>
  readonly endOne: (session: SessionRecord) => Promise<void>
  /** All of an account, but for the one that is kept. */
  readonly endAll: (account: string, kept?: SessionRecord) => Promise<void>
  readonly count: () => Promise<number>
}

export function makeSessions(options: {
  readonly store: SessionStore
  readonly tenant: string
  readonly clock: Clock
  readonly limits: Pick<CollectorLimits, 'sessionLifeMs' | 'sessionsMax'>
}): Sessions {
  const { store, tenant, clock, limits } = options
  const of = async (account: string): Promise<readonly SessionRecord[]> =>
    (await store.sessionsOf(tenant, account)).filter(({ expiresAt }) => clock.wallMs() < expiresAt)
  const endOne = ({ tokenHash }: SessionRecord): Promise<void> =>
    store.dropSession(tenant, tokenHash)
  return {
    begin: async (account, address, isProved) => {
      const token = randomBytes(32).toString('base64url')
      const createdAt = clock.wallMs()
      const expiresAt = createdAt + limits.sessionLifeMs
      const tokenHash = hashOf(token)
      const provedAt = isProved ? createdAt : 0
      const session = { tokenHash, account, address, createdAt, expiresAt, provedAt }
      await store.addSession(tenant, session, limits.sessionsMax)
      return token
    },
    find: async (token) => {
      if (token === undefined || !TOKEN.test(token)) return undefined
      const session = await store.sessionOf(tenant, hashOf(token))
      return session !== undefined && clock.wallMs() < session.expiresAt ? session : undefined
    },
    of,
    prove: ({ tokenHash }) => store.proveSession(tenant, tokenHash, clock.wallMs()),
    end: async (token) => {
      if (token !== undefined && TOKEN.test(token)) await store.dropSession(tenant, hashOf(token))
    },
    endOne,
    endAll: async (account, kept) => {
      const others = (await of(account)).filter((one) => !isSame(one, kept))
      await Promise.all(others.map(endOne))
    },
    count: () => store.countSessions(tenant, clock.wallMs()),
  }
}

/** A short name of a session, which is no secret. */
export function sessionId({ tokenHash }: SessionRecord): string {
  return Buffer.from(tokenHash).toString('base64url').slice(0, 16)
}

function isSame(one: SessionRecord, other: SessionRecord | undefined): boolean {
  return other !== undefined && sessionId(one) === sessionId(other)
}

function hashOf(token: string): Uint8Array {
  return createHash('sha256').update(token).digest()
}
