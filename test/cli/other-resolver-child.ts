/** The internet of a test: at each address a resolver that knows no filter, on UDP and TCP 53, and something that accepts on TCP 443 and 853. */
import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'
import { decode, encode } from 'dns-packet'

function answer(query: Buffer): Buffer {
  const { id, questions } = decode(query)
  const name = questions?.[0]?.name ?? '.'
  return encode({
    type: 'response',
    id: id ?? 0,
    flags: 0x8180,
    questions: questions ?? [],
    answers: [{ type: 'A', name, ttl: 60, data: '192.0.2.66' }],
  })
}

const addresses = process.argv.slice(2)
let waiting = addresses.length * 4
const ready = (): void => {
  waiting -= 1
  if (waiting === 0) process.stdout.write('ready\n')
}
for (const address of addresses) {
  const udp = createSocket(address.includes(':') ? 'udp6' : 'udp4')
  udp.on('message', (message, { port, address: to }) => udp.send(answer(message), port, to))
  udp.bind(53, address, ready)
  const tcp = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.on('data', (message) => {
      const out = answer(message.subarray(2))
      const length = Buffer.alloc(2)
      length.writeUInt16BE(out.length)
      socket.end(Buffer.concat([length, out]))
    })
  })
  tcp.listen(53, address, ready)
  for (const port of [443, 853])
    createServer((socket) => {
      socket.on('error', () => undefined)
      socket.resume()
    }).listen(port, address, ready)
}
process.stdin.on('end', () => process.exit())
process.stdin.resume()
