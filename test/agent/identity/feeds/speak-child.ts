/** Sends a packet to the first address from each of the others. */
import { createSocket } from 'node:dgram'

const [to = '', ...from] = process.argv.slice(2)
for (const address of from) {
  const socket = createSocket(to.includes(':') ? 'udp6' : 'udp4')
  socket.on('error', () => socket.close())
  socket.bind({ address }, () =>
    socket.send('x', 9, to, () => setTimeout(() => socket.close(), 30)),
  )
}
