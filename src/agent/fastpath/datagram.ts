import { GrowingBytes } from './growing-bytes.ts'

/** A query that goes from the fast path to the main thread: everything that is needed to answer it on the same socket. */
export interface Datagram {
  /** Place of the socket in the list of sockets. */
  readonly socket: number
  /** Messages that have gone to upstreams for it. */
  readonly tries: number
  /** How long the client has waited. */
  readonly waitedMs: number
  /** Whether it goes on over TCP: what came over UDP was cut, or is not to be believed. */
  readonly isByTcp: boolean
  /** struct sockaddr of the client. */
  readonly peer: Buffer
  /** Control data that makes the answer leave from the address that was asked; empty where there is but one. */
  readonly control: Buffer
  readonly message: Buffer
}

/** The same in memory of its own. */
export function copyOf({ peer, control, message, ...rest }: Datagram): Datagram {
  return {
    ...rest,
    peer: Buffer.from(peer),
    control: Buffer.from(control),
    message: Buffer.from(message),
  }
}

const HEAD_BYTES = 10
const WAITED_MS_MAX = 0xffff

/** Several datagrams as one run of bytes, so that a batch of them is one message between threads. */
export class DatagramPacker {
  readonly #gathered = new GrowingBytes()

  get isEmpty(): boolean {
    return this.#gathered.isEmpty
  }

  add({ socket, tries, waitedMs, isByTcp, peer, control, message }: Datagram): void {
    const size = HEAD_BYTES + peer.length + control.length + message.length
    let at = this.#gathered.reserve(size)
    const { bytes } = this.#gathered
    bytes[at] = socket
    bytes[at + 1] = peer.length
    bytes.writeUInt16LE(control.length, at + 2)
    bytes.writeUInt16LE(message.length, at + 4)
    bytes[at + 6] = tries
    bytes.writeUInt16LE(Math.min(WAITED_MS_MAX, Math.round(waitedMs)), at + 7)
    bytes[at + 9] = isByTcp ? 1 : 0
    at += HEAD_BYTES
    for (const part of [peer, control, message]) at += part.copy(bytes, at)
  }

  take(): Uint8Array {
    return this.#gathered.take()
  }
}

/** Reads what a packer packed. */
export function unpackDatagrams(packed: Uint8Array): readonly Datagram[] {
  const bytes = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength)
  const found: Datagram[] = []
  for (let at = 0; at + HEAD_BYTES <= bytes.length; ) {
    const peerEnd = at + HEAD_BYTES + bytes[at + 1]!
    const controlEnd = peerEnd + bytes.readUInt16LE(at + 2)
    const end = controlEnd + bytes.readUInt16LE(at + 4)
    found.push({
      socket: bytes[at]!,
      tries: bytes[at + 6]!,
      waitedMs: bytes.readUInt16LE(at + 7),
      isByTcp: bytes[at + 9] === 1,
      peer: bytes.subarray(at + HEAD_BYTES, peerEnd),
      control: bytes.subarray(peerEnd, controlEnd),
      message: bytes.subarray(controlEnd, end),
    })
    at = end
  }
  return found
}
