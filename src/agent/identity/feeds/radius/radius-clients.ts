import { LRUCache } from 'lru-cache'
import { isFailure } from '#domain/failure.ts'
import { type Cidr, contains, parseAddress } from '#domain/ip-address.ts'
import type { ReadyRadius } from '../../../policy/ready-identity.ts'
import { cidrText } from '../../../policy/sections/networks.ts'
import type { TellFault } from '../quiet-faults.ts'
import { readSmallFile } from '../read-small-file.ts'
import { RADIUS_LIMITS } from './radius-limits.ts'

/** So short a one is found by trying, from one packet that somebody has copied. */
const SHORT_SECRET_BYTES = 12

/** Who may tell of sessions, and by what secret. */
export interface RadiusClient {
  readonly from: Cidr
  /** The network in text: names the client in faults and keys. */
  readonly name: string
  readonly secret: Buffer
}

/** The client that an address belongs to: the longest network wins. */
export class RadiusClients {
  readonly #clients: readonly RadiusClient[]
  /** `false`: a stranger. */
  readonly #senders = new LRUCache<string, RadiusClient | false>({ max: RADIUS_LIMITS.senders })

  constructor(clients: readonly RadiusClient[]) {
    this.#clients = clients.toSorted((a, b) => b.from.prefixLength - a.from.prefixLength)
  }

  get names(): ReadonlySet<string> {
    return new Set(this.#clients.map(({ name }) => name))
  }

  /** `address` as a socket tells it. */
  find(address: string): RadiusClient | undefined {
    const known = this.#senders.get(address)
    if (known !== undefined) return known || undefined
    const bytes = parseAddress(address)
    const found = bytes && this.#clients.find(({ from }) => contains(from, bytes))
    this.#senders.set(address, found ?? false)
    return found
  }
}

/** Reads every client's secret. One without a usable secret is told of, and is a stranger until then. Blocks on the disk; never throws. */
export function readRadiusClients(
  clients: ReadyRadius['clients'],
  tellFault: TellFault,
): RadiusClients {
  return new RadiusClients(
    clients.flatMap(({ from, secretFile }) => {
      const name = cidrText(from)
      const secret = readSecret(secretFile, tellFault)
      return secret ? [{ from, name, secret }] : []
    }),
  )
}

/** The first line of the file; what the file holds is said nowhere. */
function readSecret(file: string, tellFault: TellFault): Buffer | undefined {
  const tell = (text: string): undefined => {
    tellFault(`secret ${file} ${text}`, `${file} ${text}`)
    return undefined
  }
  const read = readSmallFile(file, RADIUS_LIMITS.secretBytes)
  if (isFailure(read))
    return tell(`${read.detail}: no accounting is taken from those that it is for`)
  const secret = Buffer.from((read.text.split(/\r?\n/, 1)[0] ?? '').trim())
  if (secret.length === 0) return tell('is empty: it is to hold the secret, in one line')
  if (read.isOpenToAll) tell('can be read by every user of this machine: chmod 600 it')
  if (secret.length < SHORT_SECRET_BYTES)
    tell(`holds a secret of fewer than ${SHORT_SECRET_BYTES} characters: choose a longer one`)
  return secret
}
