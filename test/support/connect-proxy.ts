import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import type { Test } from 'tap'

/** A proxy that leads every CONNECT to one port of this machine. */
export async function startProxy(
  t: Test,
  leadsTo: number,
): Promise<{ readonly asked: readonly string[]; readonly url: string }> {
  const asked: string[] = []
  const proxy = createServer()
  proxy.on('connect', (request, socket) => {
    asked.push(request.url ?? '')
    const through = connect(leadsTo, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      through.pipe(socket).pipe(through)
    })
    through.on('error', () => socket.destroy())
    socket.on('error', () => through.destroy())
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  t.teardown(() => {
    proxy.closeAllConnections()
    proxy.close()
  })
  const bound = proxy.address()
  return { asked, url: `http://127.0.0.1:${typeof bound === 'object' && bound ? bound.port : 0}` }
}

/** Variables of this process's environment until the test ends. */
export function withEnvironment(t: Test, values: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(values)) {
    const before = process.env[name]
    process.env[name] = value
    t.teardown(() => {
      if (before === undefined) delete process.env[name]
      else process.env[name] = before
    })
  }
}
