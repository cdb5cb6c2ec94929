/**
 * A school that asks: so many devices, each from an address of its own in 127.1.0.0/16, all together at a steady rate, until its standard
 * input ends. Then it prints how many questions it sent and how many were answered. Words: address, port, devices, queries a second, names.
 */
import { createSocket } from 'node:dgram'
import { setTimeout as sleep } from 'node:timers/promises'
import { queryOf } from '#test/rfc/raw-message.ts'
import { wireName } from '#test/support/wire-name.ts'

const TICK_MS = 2
const LINGER_MS = 500
const [address = '', ...words] = process.argv.slice(2)
const [port = 0, devices = 1, perSecond = 1] = words.slice(0, 3).map(Number)
const queries = words.slice(3).map((name) => queryOf({ name: wireName(name) }))

let [sent, answered] = [0, 0]
const sockets = await Promise.all(
  Array.from({ length: devices }, async (_, i) => {
    const socket = createSocket('udp4')
    socket.on('message', () => answered++)
    await new Promise<void>((resolve) =>
      socket.bind(0, `127.1.${i >> 8}.${i & 255}`, () => resolve()),
    )
    return socket
  }),
)
const startedAt = performance.now()
const timer = setInterval(() => {
  const due = ((performance.now() - startedAt) / 1000) * perSecond
  for (; sent < due; sent++)
    sockets[sent % devices]?.send(queries[sent % queries.length] ?? '', port, address)
}, TICK_MS)
process.stdout.write('asking\n')
process.stdin.resume().once('end', () => {
  clearInterval(timer)
  sleep(LINGER_MS).then(
    () => {
      process.stdout.write(`${sent} ${answered}`)
      process.exit(0)
    },
    () => process.exit(1),
  )
})
