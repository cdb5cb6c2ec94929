/** Asks the resolver on 127.0.0.1 for localhost, one question after the other, and says at the end how many were lost. */
import { createSocket } from 'node:dgram'
import { setTimeout as sleep } from 'node:timers/promises'

const PORT = Number(process.argv[2])
const EVERY_MS = 10
const LOST_AFTER_MS = 2000
const QUESTION = Buffer.from(
  '000001000001000000000000 096c6f63616c686f73740000010001'.replaceAll(' ', ''),
  'hex',
)
const socket = createSocket('udp4')
const waiting = new Map<number, () => void>()
let asked = 0
let lost = 0
let slowestMs = 0
let isOver = false

socket.on('message', (bytes) => waiting.get(bytes.readUInt16BE(0))?.())
process.on('SIGTERM', () => (isOver = true))
process.stdout.write('asks\n')
for (;;) {
  if (isOver) break
  const id = asked++ & 0xffff
  const question = Buffer.from(QUESTION)
  question.writeUInt16BE(id, 0)
  const startedMs = performance.now()
  const answered = new Promise<boolean>((resolve) => waiting.set(id, () => resolve(true)))
  socket.send(question, PORT, '127.0.0.1')
  const isAnswered = await Promise.race([answered, sleep(LOST_AFTER_MS, false)])
  waiting.delete(id)
  if (!isAnswered) lost++
  else slowestMs = Math.max(slowestMs, performance.now() - startedMs)
  await sleep(EVERY_MS)
}
process.stdout.write(`${JSON.stringify({ asked, lost, slowestMs: Math.round(slowestMs) })}\n`)
process.exit(0)
