/** A query that goes from the fast path to the main thread: everything that is needed to answer it on the same socket. */
export interface Datagram {
  /** Place of the socket in the list of sockets. */
  readonly socket: number
  /** struct sockaddr of the client. */
  readonly peer: Buffer
  /** Control data that makes the answer leave from the address that was asked; empty where there is but one. */
  readonly control: Buffer
  readonly message: Buffer
}

const HEAD_BYTES = 6

/** Several datagrams as one run of bytes, so that a batch of them is one message between threads. */
export class DatagramPacker {
  #bytes = Buffer.allocUnsafe(4_096)
  #length = 0

  get isEmpty(): boolean {
    return this.#length === 0
  }

  add({ socket, peer, control, message }: Datagram): void {
    const size = HEAD_BYTES + peer.length + control.length + message.length
    this.#makeRoom(size)
    const bytes = this.#bytes
    let at = this.#length
    bytes[at] = socket
    bytes[at + 1] = peer.length
    bytes.writeUInt16LE(control.length, at + 2)
    bytes.writeUInt16LE(message.length, at + 4)
    at += HEAD_BYTES
    for (const part of [peer, control, message]) at += part.copy(bytes, at)
    this.#length = at
  }

  /** What has been added since the last time, in memory of its own. */
  take(): Uint8Array {
    const taken = Uint8Array.prototype.slice.call(this.#bytes, 0, this.#length)
    this.#length = 0
    return taken
  }

  #makeRoom(size: number): void {
    if (this.#length + size <= this.#bytes.length) return
    const grown = Buffer.allocUnsafe((this.#length + size) * 2)
    this.#bytes.copy(grown, 0, 0, this.#length)
    this.#bytes = grown
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
      peer: bytes.subarray(at + HEAD_BYTES, peerEnd),
      control: bytes.subarray(peerEnd, controlEnd),
      message: bytes.subarray(controlEnd, end),
    })
    at = end
  }
  return found
}
