/**
 * A client in a process of its own, so that it measures the agent and not the attack: asks names over UDP at a steady rate until its
 * standard input ends, then prints how many were answered and how long it waited. Words: port, queries a second, names.
 */
import { createSocket } from 'node:dgram'
import { setTimeout as sleep } from 'node:timers/promises'
import { queryOf, readReply } from '#test/rfc/raw-message.ts'
import { wireName } from '#test/support/wire-name.ts'

const TICK_MS = 5
/** For the last answers. */
const LINGER_MS = 8_000
/** No two questions that are open have one id. */
const IDS = 0x10000

const [port = 0, perSecond = 100] = process.argv.slice(2, 4).map(Number)
const names = process.argv.slice(4).map(wireName)
const socket = createSocket({ type: 'udp4', recvBufferSize: 1_048_576 })
const open = new Map<number, number>()
const waitsMs: number[] = []
let [sent, empty] = [0, 0]

socket.on('message', (bytes) => {
  const { id, answers } = readReply(bytes)
  const sentAt = open.get(id)
  if (sentAt === undefined) return
  open.delete(id)
  waitsMs.push(performance.now() - sentAt)
  if (answers.length === 0) empty++
})
await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', () => resolve()))

const startedAt = performance.now()
const timer = setInterval(() => {
  const due = ((performance.now() - startedAt) / 1000) * perSecond
  for (; sent < due; sent++) {
    const id = sent % IDS
    open.set(id, performance.now())
    socket.send(
      queryOf({ id, name: names[sent % names.length] ?? wireName('.') }),
      port,
      '127.0.0.1',
    )
  }
}, TICK_MS)
process.stdout.write('asking\n')
process.stdin.resume().once('end', () => {
  clearInterval(timer)
  finish().catch(() => process.exit(1))
})

async function finish(): Promise<void> {
  for (let waitedMs = 0; open.size > 0 && waitedMs < LINGER_MS; waitedMs += TICK_MS)
    await sleep(TICK_MS)
  waitsMs.sort((a, b) => a - b)
  const share = (part: number): number => waitsMs[Math.floor(waitsMs.length * part)] ?? LINGER_MS
  const report = { sent, unanswered: open.size, empty, p50Ms: share(0.5), p99Ms: share(0.99) }
  process.stdout.write(JSON.stringify(report))
  process.exit(0)
}
