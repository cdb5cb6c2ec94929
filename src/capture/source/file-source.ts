import { createReadStream } from 'node:fs'
import type { PacketSource, TakePacket } from './packet-source.ts'
import { makePcapReader } from './pcap-stream.ts'

/** Reads a .pcap file; packets have the times of the capture. */
export function openFile(path: string, take: TakePacket): PacketSource {
  const stream = createReadStream(path)
  const ended = Promise.withResolvers<string>()
  const reader = makePcapReader({
    onPacket: take,
    onBroken: (why) => {
      ended.resolve(why)
      stream.destroy()
    },
  })
  stream.on('data', (chunk) => reader.push(Buffer.from(chunk)))
  stream.on('error', (error) => ended.resolve(error.message))
  stream.on('end', () =>
    ended.resolve(reader.isComplete() ? 'the file is read' : 'the file ends within a packet'),
  )
  return {
    ended: ended.promise,
    dropped: () => 0,
    close: () => {
      stream.destroy()
      return Promise.resolve()
    },
  }
}
