import { createHash, randomBytes } from 'node:crypto'
import type { Clock } from '#platform/clock.ts'
import type { CollectorLimits } from '../config/collector-limits.ts'
import type { SessionStore } from '../store/collector-store.ts'

/** 256 bits in base64url. */
const TOKEN = /^[A-Za-z0-9_-]{43}$/

/** Sessions of people; the token is only in their cookie, the store knows its hash. */
export interface Sessions {
  /** Makes a session and returns its token. */
  readonly begin: () => Promise<string>
  readonly isLive: (token: string | undefined) => Promise<boolean>
  readonly end: (token: string | undefined) => Promise<void>
  readonly count: () => Promise<number>
}

export function makeSessions(options: {
  readonly store: SessionStore
  readonly tenant: string
  readonly clock: Clock
  readonly limits: Pick<CollectorLimits, 'sessionLifeMs' | 'sessionsMax'>
}): Sessions {
  const { store, tenant, clock, limits } = options
  return {
    begin: async () => {
      const token = randomBytes(32).toString('base64url')
      const createdAt = clock.wallMs()
      const expiresAt = createdAt + limits.sessionLifeMs
      const life = { createdAt, expiresAt, sessionsMax: limits.sessionsMax }
      await store.addSession(tenant, hashOf(token), life)
      return token
    },
    isLive: async (token) => {
      if (token === undefined || !TOKEN.test(token)) return false
      const endsAt = await store.sessionEnds(tenant, hashOf(token))
      return endsAt !== undefined && clock.wallMs() < endsAt
    },
    end: async (token) => {
      if (token !== undefined && TOKEN.test(token)) await store.dropSession(tenant, hashOf(token))
    },
    count: () => store.countSessions(tenant, clock.wallMs()),
  }
}

function hashOf(token: string): Uint8Array {
  return createHash('sha256').update(token).digest()
}
