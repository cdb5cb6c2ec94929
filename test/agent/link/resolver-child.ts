/** Answers every DNS query at the addresses given with REFUSED, which is an answer; and takes TCP at the ports given. */
import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'

const [kind, ...addresses] = process.argv.slice(2)
for (const address of addresses) {
  if (kind === 'tcp') {
    createServer((socket) => socket.destroy()).listen(443, address, () => console.log('ready'))
    continue
  }
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4')
  socket.on('message', (query, from) => {
    const message = Buffer.from(query)
    message.writeUInt16BE(0x8185, 2)
    socket.send(message, from.port, from.address)
  })
  socket.bind(53, address, () => console.log('ready'))
}
