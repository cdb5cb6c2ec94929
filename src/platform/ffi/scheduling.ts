/** What a thread asks of the scheduler by sched_setattr(2), which no function of the C library offers. */
import { getPriority } from 'node:os'
import type { Libc } from './libc.ts'

/** The call's number, by architecture. */
const CALL: Readonly<Record<string, number>> = { x64: 314, arm64: 274 }
/** struct sched_attr, its second version. */
const ATTRIBUTES_BYTES = 56
const AT = { size: 0, policy: 4, nice: 16, runtime: 24 } as const
const SCHED_OTHER = 0
const SCHED_IDLE = 5
/** The shortest that the kernel takes is 0.1 ms. */
const SLICE_NS = 300_000n

/**
 * Short turns for this thread: once woken it need not wait until another has used up its own turn of some milliseconds (Linux since
 * 6.12, before that it changes nothing). Its share of the time stays what it was. Never throws.
 */
export function askForShortTurns(libc: Libc): void {
  setAttributes(libc, SCHED_OTHER, SLICE_NS)
}

/** This thread runs when no other wants to, and gives way at once. What it starts later does so too. Never throws. */
export function giveWay(libc: Libc): void {
  setAttributes(libc, SCHED_IDLE, 0n)
}

/** Where the system forbids it all stays as it was. */
function setAttributes(libc: Libc, policy: number, sliceNs: bigint): void {
  const call = CALL[process.arch]
  if (call === undefined) return
  const attributes = Buffer.alloc(ATTRIBUTES_BYTES)
  attributes.writeUInt32LE(ATTRIBUTES_BYTES, AT.size)
  attributes.writeUInt32LE(policy, AT.policy)
  attributes.writeInt32LE(getPriority(), AT.nice)
  attributes.writeBigUInt64LE(sliceNs, AT.runtime)
  libc.setScheduling(call, 0, attributes, 0)
}
