// throwaway: floor of the JS batch loop
import { loadLibc } from '#platform/ffi/libc.ts'
import { MessageBatch } from '#platform/ffi/message-batch.ts'

const libc = loadLibc()!
const fd = libc.socket(2, 2, 0)
const addr = Buffer.alloc(16)
addr.writeUInt16LE(2, 0)
addr.writeUInt16BE(Number(process.argv[2]), 2)
addr.set([127, 0, 0, 1], 4)
console.log('bind', libc.bind(fd, addr, 16))
const v = Buffer.alloc(16)
v.writeBigInt64LE(0n, 0)
v.writeBigInt64LE(100_000n, 8)
libc.setsockopt(fd, 1, 20, v, 16)
const b = Buffer.alloc(4)
b.writeInt32LE(8388608)
libc.setsockopt(fd, 1, 8, b, 4)
const N = 64
const rx = new MessageBatch(libc, N, 4096),
  tx = new MessageBatch(libc, N, 1280)
rx.rearm(N, 0)
let total = 0,
  batches = 0
const end = performance.now() + Number(process.argv[3] ?? 10) * 1000
const c0 = process.cpuUsage()
while (performance.now() < end) {
  const n = libc.recvmmsg(fd, rx.headers, N, 0x10000, 0n)
  if (n <= 0) continue
  batches++
  for (let i = 0; i < n; i++) {
    const len = rx.lengthOf(i)
    rx.payload.copy(tx.payload, i * 1280, i * 4096, i * 4096 + len)
    tx.payload[i * 1280 + 2]! |= 0x80
    rx.addresses.copy(tx.addresses, i * 32, i * 32, i * 32 + 16)
    tx.prepare(i, len, 16, 0)
  }
  libc.sendmmsg(fd, tx.headers, n, 0)
  total += n
  rx.rearm(n, 0)
}
const c = process.cpuUsage(c0)
console.log({ total, batches, perBatch: total / batches, us: (c.user + c.system) / total })
