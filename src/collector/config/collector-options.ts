import type { Clock } from '#platform/clock.ts'
import type { CertificateFiles } from '#platform/served-certificate.ts'
import type { CollectorLimits } from './collector-limits.ts'

export interface Listen {
  readonly host: string
  /** 0 lets the system choose. */
  readonly port: number
}

/** A provider of OpenID Connect. */
export interface ProviderOptions {
  /** Exactly as the provider writes itself. */
  readonly issuer: string
  readonly clientId: string
  readonly secretFile: string
  /** By which it tells people apart: `sub`, or Microsoft's `oid`. */
  readonly claim: string
}

/** What a collector must be told to start. */
export interface CollectorOptions {
  /** An existing folder that only the collector's user may enter. */
  readonly stateDir: string
  readonly console: Listen
  /** Where the console is served over TLS too, by a certificate of files or one that the collector makes for itself. */
  readonly secure?: Listen & { readonly files?: CertificateFiles }
  readonly metrics: Listen
  /** One `Enrolment` in JSON a file, named `*.json`. */
  readonly enrolledDir: string
  /**
   * Further names under which the console is reached, as `host` or `host:port`. With `https://` before it, the name is
   * served through a proxy that ends TLS: cookies are then `Secure` and origins https.
   */
  readonly publicHosts: readonly string[]
  /** Where people of the school sign in already; absent: nowhere. */
  readonly provider?: ProviderOptions
  readonly logLevel: string
  /** Who is told of alerts; absent: nobody. */
  readonly peopleFile?: string
  /** Whose events the console shows; boxes of other tenants are stored apart. */
  readonly tenant?: string
  /** An IANA zone, for times as people read them. */
  readonly timeZone?: string
  /** The school's name, as it stands on every document; absent: none does. */
  readonly school?: string
  /** User names of heads: alerts about them are for the chair of governors alone. */
  readonly heads?: readonly string[]
  /** What comes is made by a simulator, and every figure made of it must say so. */
  readonly isSimulated?: boolean
  readonly limits?: Partial<CollectorLimits>
  readonly clock?: Clock
}

/** The tenant of a box and collector that live on one machine. */
export const LOCAL_TENANT = 'local'
export const DEFAULT_TIME_ZONE = 'Europe/London'

/** A start-up fault of the collector; the message says what to change. */
export class CollectorError extends Error {
  readonly code = 'EDGE_COLLECTOR'
}
