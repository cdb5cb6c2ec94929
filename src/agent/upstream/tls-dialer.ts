import { readFile } from 'node:fs/promises'
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls'
import { type Failure, failure, isFailure } from '#domain/failure.ts'
import type { Clock } from '#platform/clock.ts'
import type { ReadyUpstream } from '../policy/ready-config.ts'
import type { ExchangeFailure } from './exchange.ts'

/** A handshake that takes longer is given up. */
const HANDSHAKE_MS_MAX = 3_000
/** A session is not taken up again after so long, so that the certificate is looked at every day. */
const SESSION_MS_MAX = 86_400_000
const CA_BYTES_MAX = 1_048_576

/** What is not of TLS goes to the socket below, which the types leave out. */
type DialOptions = ConnectionOptions & { readonly localAddress: string | undefined }

/** A session to be taken up again (RFC 8446 section 2.2), as long as the certificate holds that it began with. */
interface KnownSession {
  readonly ticket: Buffer
  readonly untilMs: number
}

/**
 * Opens TLS connections to one upstream, under the strict profile of RFC 8310: a certificate that is for another name, from nobody who is
 * trusted or out of date ends it, before a question is sent. There is no way back to clear text.
 */
export class TlsDialer {
  readonly #upstream: ReadyUpstream
  /** Of ALPN (RFC 7301); DNS over TLS needs none. */
  readonly #protocol: 'h2' | undefined
  readonly #clock: Clock
  #session: KnownSession | undefined
  /** Until when the certificate that was seen last holds. */
  #certifiedUntilMs = 0

  constructor(upstream: ReadyUpstream, protocol: 'h2' | undefined, clock: Clock) {
    this.#upstream = upstream
    this.#protocol = protocol
    this.#clock = clock
  }

  readonly dial = async (): Promise<TLSSocket | ExchangeFailure> => {
    const ca = await readAuthorities(this.#upstream.caFile)
    if (isFailure(ca)) return ca
    const { address, port, name, from } = this.#upstream
    return this.#shakeHands({
      host: address,
      port,
      localAddress: from,
      servername: name,
      minVersion: 'TLSv1.2',
      rejectUnauthorized: true,
      ...(this.#protocol === undefined ? {} : { ALPNProtocols: [this.#protocol] }),
      ...(ca === undefined ? {} : { ca }),
      ...this.#sessionOption(),
    })
  }

  #shakeHands(options: DialOptions): Promise<TLSSocket | ExchangeFailure> {
    return new Promise((resolve) => {
      const socket = connect(options)
      socket.unref()
      const fail = (detail: string): void => {
        clearTimeout(timer)
        this.#session = undefined
        socket.destroy()
        resolve(failure('unreachable', detail))
      }
      const timer = setTimeout(() => fail('no TLS handshake in time'), HANDSHAKE_MS_MAX)
      socket.on('error', (error) => fail(error.message))
      socket.on('session', (ticket: Buffer) => this.#remember(ticket))
      socket.once('secureConnect', () => {
        clearTimeout(timer)
        if (!socket.authorized) return fail('the certificate is not trusted')
        if (this.#protocol === 'h2' && socket.alpnProtocol !== 'h2') return fail('no HTTP/2 there')
        if (!socket.isSessionReused())
          this.#certifiedUntilMs = Date.parse(socket.getPeerCertificate().valid_to)
        socket.removeAllListeners('error')
        resolve(socket)
      })
    })
  }

  #remember(ticket: Buffer): void {
    const nowMs = this.#clock.wallMs()
    const untilMs = Math.min(
      this.#session?.untilMs ?? nowMs + SESSION_MS_MAX,
      this.#certifiedUntilMs,
    )
    this.#session = { ticket, untilMs }
  }

  #sessionOption(): Pick<ConnectionOptions, 'session'> {
    if (this.#session && this.#session.untilMs < this.#clock.wallMs()) this.#session = undefined
    return this.#session ? { session: this.#session.ticket } : {}
  }
}

/** Read anew for each handshake, for the file may be replaced. */
async function readAuthorities(
  file: string | undefined,
): Promise<string | undefined | (Failure & ExchangeFailure)> {
  if (file === undefined) return undefined
  try {
    const text = await readFile(file, 'utf8')
    return text.length <= CA_BYTES_MAX && text.includes('-----BEGIN CERTIFICATE-----')
      ? text
      : failure('unreachable', 'the ca file holds no certificate')
  } catch {
    return failure('unreachable', 'the ca file cannot be read')
  }
}
