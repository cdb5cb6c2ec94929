/** Stands between agent and collector, and keeps every byte that goes to the collector. */
import { createWriteStream } from 'node:fs'
import { connect, createServer } from 'node:net'

export interface RecordingProxy {
  readonly bytes: () => number
  readonly close: () => Promise<void>
}

export async function startRecordingProxy(options: {
  readonly port: number
  readonly toPort: number
  readonly file: string
}): Promise<RecordingProxy> {
  const record = createWriteStream(options.file)
  let bytes = 0
  const server = createServer((client) => {
    const collector = connect(options.toPort, '127.0.0.1')
    client.on('data', (part) => {
      bytes += part.length
      record.write(part)
    })
    client.pipe(collector).pipe(client)
    client.on('error', () => collector.destroy())
    collector.on('error', () => client.destroy())
  })
  await new Promise<void>((resolve) => server.listen(options.port, '127.0.0.1', () => resolve()))
  return {
    bytes: () => bytes,
    close: async () => {
      server.close()
      await new Promise((resolve) => record.end(resolve))
    },
  }
}
