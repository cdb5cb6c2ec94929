import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'

const TRIES_MAX = 20

/** A port that was free on 127.0.0.1 a moment ago, for UDP and for TCP. Throws when none is found. */
export async function freeDnsPort(): Promise<number> {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const port = await freeTcpPort()
    if (await isFreeForUdp(port)) return port
  }
  throw new Error('no port is free for both UDP and TCP')
}

function freeTcpPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const bound = server.address()
      const port = typeof bound === 'object' && bound ? bound.port : 0
      server.close(() => resolve(port))
    })
  })
}

function isFreeForUdp(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4')
    socket.once('error', () => {
      socket.close()
      resolve(false)
    })
    socket.bind(port, '127.0.0.1', () => socket.close(() => resolve(true)))
  })
}
