/**
 * The memory of one batch of datagrams, as `recvmmsg` and `sendmmsg` want it (struct mmsghdr of Linux on 64-bit machines). One
 * arena holds it all, so one reference keeps it alive:
 *
 *   mmsghdr x N | iovec x N | sockaddr x N | control x N | payload x N
 *
 * The kernel reads and writes through the pointers in it: they are written once, here, and nothing may move or free the
 * arena while a batch is in use. All numbers are little-endian, as x64 and arm64 are.
 */
import type { Libc, Pointer } from './libc.ts'

const MMSGHDR_BYTES = 64
const IOVEC_BYTES = 16
const SOCKADDR_WORDS = 8
/** struct sockaddr_in6 is 28. */
export const SOCKADDR_BYTES = 32
/** Room for one IPV6_PKTINFO (36) and one SO_RXQ_OVFL (20), each rounded up to 8. */
export const CONTROL_BYTES = 64

/** Offsets in struct mmsghdr. */
const AT = {
  nameLength: 8,
  iov: 16,
  iovCount: 24,
  control: 32,
  controlLength: 40,
  flags: 48,
  length: 56,
} as const

export class MessageBatch {
  readonly size: number
  /** Bytes of each payload slot. */
  readonly slotBytes: number
  readonly headers: Pointer
  /** All payload slots, one after the other. */
  readonly payload: Buffer
  readonly addresses: Buffer
  readonly control: Buffer
  readonly #words: Uint32Array
  readonly #addressWords: Uint32Array
  readonly #iovLengths: Uint32Array
  /** Keeps the arena alive for as long as the batch is. */
  readonly #arena: Buffer

  constructor(libc: Libc, size: number, slotBytes: number) {
    this.size = size
    this.slotBytes = slotBytes
    const iovecs = size * MMSGHDR_BYTES
    const addresses = iovecs + size * IOVEC_BYTES
    const control = addresses + size * SOCKADDR_BYTES
    const payload = control + size * CONTROL_BYTES
    const arena = Buffer.alloc(payload + size * slotBytes)
    const base = libc.addressOf(arena)
    this.#arena = arena
    this.headers = base
    this.addresses = arena.subarray(addresses, control)
    this.control = arena.subarray(control, payload)
    this.#addressWords = new Uint32Array(
      arena.buffer,
      arena.byteOffset + addresses,
      size * SOCKADDR_WORDS,
    )
    this.payload = arena.subarray(payload)
    this.#words = new Uint32Array(arena.buffer, arena.byteOffset, iovecs / 4)
    this.#iovLengths = new Uint32Array(
      arena.buffer,
      arena.byteOffset + iovecs,
      (size * IOVEC_BYTES) / 4,
    )
    for (let i = 0; i < size; i++) {
      const header = i * MMSGHDR_BYTES
      const iovec = iovecs + i * IOVEC_BYTES
      arena.writeBigUInt64LE(base + BigInt(addresses + i * SOCKADDR_BYTES), header)
      arena.writeUInt32LE(SOCKADDR_BYTES, header + AT.nameLength)
      arena.writeBigUInt64LE(base + BigInt(iovec), header + AT.iov)
      arena.writeBigUInt64LE(1n, header + AT.iovCount)
      arena.writeBigUInt64LE(base + BigInt(control + i * CONTROL_BYTES), header + AT.control)
      arena.writeBigUInt64LE(base + BigInt(payload + i * slotBytes), iovec)
      arena.writeBigUInt64LE(BigInt(slotBytes), iovec + 8)
    }
  }

  /** Where the headers from a slot on lie. */
  headersFrom(slot: number): Pointer {
    return slot === 0 ? this.headers : this.headers + BigInt(slot * MMSGHDR_BYTES)
  }

  /** Bytes received in a slot, or sent from it. */
  lengthOf(slot: number): number {
    return this.#words[(slot * MMSGHDR_BYTES + AT.length) >> 2]!
  }

  flagsOf(slot: number): number {
    return this.#words[(slot * MMSGHDR_BYTES + AT.flags) >> 2]!
  }

  nameLengthOf(slot: number): number {
    return this.#words[(slot * MMSGHDR_BYTES + AT.nameLength) >> 2]!
  }

  controlLengthOf(slot: number): number {
    return this.#words[(slot * MMSGHDR_BYTES + AT.controlLength) >> 2]!
  }

  /** Makes slots fit to receive again: the kernel has shortened what it was given. */
  rearm(count: number, controlBytes: number): void {
    const words = this.#words
    for (let i = 0; i < count; i++) {
      const header = (i * MMSGHDR_BYTES) >> 2
      words[header + (AT.nameLength >> 2)] = SOCKADDR_BYTES
      words[header + (AT.controlLength >> 2)] = controlBytes
    }
  }

  /** Says what is to be sent from a slot. */
  prepare(slot: number, payloadBytes: number, nameLength: number, controlBytes: number): void {
    const header = (slot * MMSGHDR_BYTES) >> 2
    this.#words[header + (AT.nameLength >> 2)] = nameLength
    this.#words[header + (AT.controlLength >> 2)] = controlBytes
    this.#iovLengths[((slot * IOVEC_BYTES) >> 2) + 2] = payloadBytes
  }

  /** Copies a peer's address from a slot of another batch, word by word: no view is made for it. */
  copyAddress(from: MessageBatch, slot: number, out: number): void {
    const source = slot * SOCKADDR_WORDS
    const target = out * SOCKADDR_WORDS
    for (let i = 0; i < SOCKADDR_WORDS; i++)
      this.#addressWords[target + i] = from.#addressWords[source + i]!
  }

  /** The arena's size, for whoever counts memory. */
  get sizeBytes(): number {
    return this.#arena.length
  }
}
