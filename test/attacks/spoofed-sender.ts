/** Sends each datagram from another address: on Linux any of 127.0.0.0/8 is this machine's own, and one socket may use them all (ip(7), IP_PKTINFO). */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Libc } from '#platform/ffi/libc.ts'
import { CONTROL_BYTES, MessageBatch, SOCKADDR_BYTES } from '#platform/ffi/message-batch.ts'
import { openDatagram } from '#platform/ffi/udp-socket.ts'

const BATCH = 64
const SLOT_BYTES = 512
const AF_INET = 2
const IP_PKTINFO = 8
/** struct cmsghdr and struct in_pktinfo, and the same rounded up. */
const INFO_BYTES = 28
const INFO_SPACE = 32
const SOURCE_AT = 20
const MSG_DONTWAIT = 0x40
const SOCKADDR_IN_BYTES = 16
const TURN_MS = 5

export interface SpoofedFlood {
  readonly port: number
  readonly message: Buffer
  readonly perSecond: number
  readonly forMs: number
}

/** Returns from how many addresses it has sent, one datagram each. */
export async function floodFromEverywhere(libc: Libc, flood: SpoofedFlood): Promise<number> {
  const batch = new MessageBatch(libc, BATCH, SLOT_BYTES)
  for (let slot = 0; slot < BATCH; slot++) address(batch, slot, flood)
  const fd = openDatagram(libc, Uint8Array.of(127, 0, 0, 1), 0)
  const startedAt = performance.now()
  let [sources, elapsedMs] = [0, 0]
  while (elapsedMs < flood.forMs) {
    const due = (elapsedMs / 1000) * flood.perSecond
    while (sources < due) {
      for (let slot = 0; slot < BATCH; slot++) setSource(batch, slot, sources + slot)
      const sent = libc.sendmmsg(fd, batch.headers, BATCH, MSG_DONTWAIT)
      if (sent <= 0) break
      sources += sent
    }
    await sleep(TURN_MS)
    elapsedMs = performance.now() - startedAt
  }
  libc.close(fd)
  return sources
}

/** What is the same each time: whereto, what, and that the source is told. */
function address(batch: MessageBatch, slot: number, { port, message }: SpoofedFlood): void {
  const name = slot * SOCKADDR_BYTES
  batch.addresses.writeUInt16LE(AF_INET, name)
  batch.addresses.writeUInt16BE(port, name + 2)
  batch.addresses.set([127, 0, 0, 1], name + 4)
  const control = slot * CONTROL_BYTES
  batch.control.writeBigUInt64LE(BigInt(INFO_BYTES), control)
  batch.control.writeUInt32LE(0, control + 8)
  batch.control.writeUInt32LE(IP_PKTINFO, control + 12)
  message.copy(batch.payload, slot * SLOT_BYTES)
  batch.prepare(slot, message.length, SOCKADDR_IN_BYTES, INFO_SPACE)
}

/** 127.1.0.0 and what follows. */
function setSource(batch: MessageBatch, slot: number, number: number): void {
  batch.control.writeUInt32BE(0x7f01_0000 + number, slot * CONTROL_BYTES + SOURCE_AT)
}
