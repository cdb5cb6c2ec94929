import { X509Certificate } from 'node:crypto'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { isFailure } from '#domain/failure.ts'
import type { Clock } from './clock.ts'
import { type KeyPair, readKeyPair } from './key-pair.ts'
import { keepOwnCertificate, type ServerNames } from './own-certificate.ts'

/** How often the files are looked at. */
const LOOK_EVERY_MS = 5_000
const EXPIRES_SOON_MS = 14 * 86_400_000

/** Where a certificate and its key lie; one file may hold both. */
export interface CertificateFiles {
  readonly certificate: string
  readonly key: string
}

export interface ServedCertificateOptions {
  readonly names: ServerNames
  /** Undefined: the box makes one for itself, in `ownFile` of the state folder. */
  readonly files: CertificateFiles | undefined
  readonly stateDir: string
  readonly ownFile: string
  readonly clock: Clock
  /** Told of each new fault, in words. */
  readonly onFault: (text: string) => void
  readonly lookEveryMs?: number
}

/**
 * The certificate that a server shows: the school's own from its files, or one that the box makes for itself. A changed one is taken up
 * without a restart; one that cannot be used is told, and the one before it stays.
 */
export class ServedCertificate {
  readonly #options: ServedCertificateOptions
  readonly #listeners: ((pair: KeyPair) => void)[] = []
  readonly #timer: NodeJS.Timeout
  #pair: KeyPair | undefined
  #seen = ''
  #fault = ''

  constructor(options: ServedCertificateOptions) {
    this.#options = options
    this.look()
    this.#timer = setInterval(() => this.look(), options.lookEveryMs ?? LOOK_EVERY_MS)
    this.#timer.unref()
  }

  /** Hands each certificate on from now on, and the one there is at once. */
  serve(use: (pair: KeyPair) => void): void {
    this.#listeners.push(use)
    if (this.#pair) use(this.#pair)
  }

  close(): void {
    clearInterval(this.#timer)
  }

  /** Takes up what has changed. Blocks on the disk, for as long as a small file takes. Never throws. */
  look(): void {
    const paths = this.#paths()
    if (paths === undefined) return
    const seen = [paths.certificate, paths.key].map(stampOf).join(' ')
    if (seen !== this.#seen) {
      this.#seen = seen
      this.#read(paths)
    }
    this.#tellOfTime(paths.certificate)
  }

  /** Where the certificate lies; one of the box's own is made or renewed first. */
  #paths(): CertificateFiles | undefined {
    const { files, names, stateDir, ownFile, clock } = this.#options
    if (files) return files
    const path = join(stateDir, ownFile)
    try {
      keepOwnCertificate(path, names, clock.wallMs())
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      this.#tell(`no certificate of this box's own can be kept in ${path}: ${why}`)
      return undefined
    }
    return { certificate: path, key: path }
  }

  #read({ certificate, key }: CertificateFiles): void {
    const pair = readKeyPair(certificate, key)
    if (isFailure(pair)) {
      this.#tell(this.#pair ? `${pair.detail}; the old one stays` : pair.detail)
      return
    }
    this.#tell(this.#misfit(pair, certificate))
    if (pair.fingerprint === this.#pair?.fingerprint) return
    this.#pair = pair
    for (const use of this.#listeners) use(pair)
  }

  #misfit({ cert }: KeyPair, file: string): string {
    const { names } = this.#options.names
    const shown = new X509Certificate(cert)
    const name = names.find((one) => shown.checkHost(one) === undefined)
    if (name === undefined) return ''
    return `${file} is no certificate of ${name}: clients that check it will not use it`
  }

  #tellOfTime(file: string): void {
    const { clock } = this.#options
    if (!this.#pair || this.#fault !== '') return
    const leftMs = this.#pair.validTo - clock.wallMs()
    const day = new Date(this.#pair.validTo).toISOString().slice(0, 10)
    if (leftMs <= 0) this.#tell(`${file} ran out on ${day}`)
    else if (leftMs < EXPIRES_SOON_MS) this.#tell(`${file} runs out on ${day}`)
  }

  /** Tells a fault once; nothing ends it. */
  #tell(fault: string): void {
    if (fault !== '' && fault !== this.#fault) this.#options.onFault(fault)
    this.#fault = fault
  }
}

/** Changes when the file does. */
function stampOf(path: string): string {
  try {
    const { ino, size, mtimeMs } = statSync(path)
    return `${ino}-${size}-${mtimeMs}`
  } catch {
    return 'none'
  }
}
