import { appendFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { runService } from '#cli/run-service.ts'
import { makeLog } from '#platform/log.ts'

/** A part of the program that does nothing but live: `fake-part.ts MODE SOCKET`. Each life adds its pid to `SOCKET.pids`. */
const [mode = '', socket = ''] = process.argv.slice(2)
appendFileSync(`${socket}.pids`, `${process.pid}\n`)
const portTaken = Object.assign(new Error('listen EADDRINUSE'), {
  code: 'EADDRINUSE',
  address: '127.0.0.1',
  port: 5300,
})
const complain = (line: string) => process.stderr.write(`${line}\n`)

if (mode === 'stubborn') {
  process.on('SIGTERM', () => undefined)
  serve()
} else {
  const code = await runService({
    part: 'agent',
    log: makeLog('fake', 'fatal'),
    isSupervised: true,
    notifySocket: undefined,
    complain,
    start: () => {
      process.on('SIGHUP', () => appendFileSync(`${socket}.hups`, 'x'))
      return mode === 'taken' ? Promise.reject(portTaken) : Promise.resolve(serve())
    },
  })
  process.exit(code)
}

function serve() {
  rmSync(socket, { force: true }) // A killed life leaves it behind.
  const server = createServer((connection) => connection.end()).listen(socket)
  return { close: () => new Promise<void>((resolve) => server.close(() => resolve())) }
}
