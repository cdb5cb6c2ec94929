import { isFailure } from '#domain/failure.ts'
import { type KeyPair, readKeyPair } from '#platform/key-pair.ts'
import { type ListenerOptions, listenPage, type PageListener } from './page-listener.ts'
import type { PageEndpoint, PagePart, PageSettings } from './page-messages.ts'

/** How often what cannot be listened on is tried again, and the certificate looked at. */
const LOOK_EVERY_MS = 5_000
const EXPIRES_SOON_MS = 14 * 86_400_000

export interface PageServiceOptions extends ListenerOptions {
  readonly settings: PageSettings
  readonly wallMs: () => number
  /** Told when anything changes. */
  readonly onState: (parts: readonly PagePart[]) => void
  readonly lookEveryMs?: number
}

/** One endpoint that is wanted, and its listener while there is one. */
interface Place {
  readonly scheme: 'http' | 'https'
  readonly endpoint: PageEndpoint
  listener: PageListener | undefined
  fault: string
}

/**
 * Keeps the page served on every endpoint: one that cannot be bound, and a certificate that cannot be used, are told and tried again,
 * while the rest goes on. A changed certificate is taken up without a restart.
 */
export class PageService {
  readonly #options: PageServiceOptions
  readonly #places: readonly Place[]
  #pair: KeyPair | undefined
  #certificateFault = ''
  #told = ''
  #timer: NodeJS.Timeout | undefined

  constructor(options: PageServiceOptions) {
    const { listen, tls } = options.settings
    this.#options = options
    this.#places = [
      ...listen.map((endpoint) => newPlace('http', endpoint)),
      ...(tls?.listen ?? []).map((endpoint) => newPlace('https', endpoint)),
    ]
  }

  async start(): Promise<void> {
    await this.#look()
    const again = (): void => {
      this.#timer = setTimeout(() => {
        this.#look().then(again, again)
      }, this.#options.lookEveryMs ?? LOOK_EVERY_MS)
    }
    again()
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer)
    await Promise.all(this.#places.flatMap(({ listener }) => (listener ? [listener.close()] : [])))
  }

  async #look(): Promise<void> {
    this.#readCertificate()
    for (const place of this.#places) if (!place.listener) await this.#open(place)
    const parts = this.#parts()
    const text = JSON.stringify(parts)
    if (text === this.#told) return
    this.#told = text
    this.#options.onState(parts)
  }

  #readCertificate(): void {
    const { tls } = this.#options.settings
    if (!tls) return
    const pair = readKeyPair(tls.certificate, tls.key)
    if (isFailure(pair)) {
      this.#certificateFault = this.#pair ? `${pair.detail}; the old one stays` : pair.detail
      return
    }
    this.#certificateFault = ''
    if (pair.fingerprint === this.#pair?.fingerprint) return
    this.#pair = pair
    for (const { listener } of this.#places) listener?.useKeyPair(pair)
  }

  async #open(place: Place): Promise<void> {
    const { scheme, endpoint } = place
    if (scheme === 'https' && !this.#pair) {
      place.fault = 'waits for a certificate'
      return
    }
    try {
      place.listener = await listenPage(
        endpoint,
        scheme === 'https' ? this.#pair : undefined,
        this.#options,
      )
      place.fault = ''
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
      place.fault = `cannot listen: ${code}`
    }
  }

  #parts(): readonly PagePart[] {
    const listeners = this.#places.map(({ scheme, endpoint, listener, fault }): PagePart => {
      const { address, port } = listener ?? endpoint
      const host = address.includes(':') ? `[${address}]` : address
      return { part: `${scheme} ${host}:${port}`, isWell: fault === '', detail: fault }
    })
    const { tls } = this.#options.settings
    return tls ? [...listeners, this.#certificatePart()] : listeners
  }

  #certificatePart(): PagePart {
    const part = 'certificate'
    if (this.#certificateFault !== '')
      return { part, isWell: false, detail: this.#certificateFault }
    const validTo = this.#pair?.validTo ?? 0
    const leftMs = validTo - this.#options.wallMs()
    const day = new Date(validTo).toISOString().slice(0, 10)
    if (leftMs <= 0) return { part, isWell: false, detail: `ran out on ${day}` }
    const detail = `valid until ${day}`
    return { part, isWell: leftMs > EXPIRES_SOON_MS, detail }
  }
}

function newPlace(scheme: Place['scheme'], endpoint: PageEndpoint): Place {
  return { scheme, endpoint, listener: undefined, fault: '' }
}
