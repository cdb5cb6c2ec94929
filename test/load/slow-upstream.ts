import { createSocket } from 'node:dgram'

const HEADER_BYTES = 12
/** Owner by pointer, A, IN, 300 s, 192.0.2.53 (RFC 1035 section 4.1.3). */
const RECORD = Buffer.from('c00c000100010000012c0004c0000235', 'hex')

export interface SlowUpstream {
  readonly port: number
  readonly close: () => void
}

/** An upstream that has an address for every name, and takes its time: so some questions are always under way. */
export function startSlowUpstream(delayMs: number): Promise<SlowUpstream> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 4_194_304 })
  socket.on('message', (query, { port, address }) => {
    const answer = answerTo(query)
    setTimeout(() => socket.send(answer, port, address, () => undefined), delayMs)
  })
  socket.on('error', () => undefined)
  return new Promise((resolve) => {
    socket.bind(0, '127.0.0.1', () =>
      resolve({ port: socket.address().port, close: () => socket.close() }),
    )
  })
}

function answerTo(query: Buffer): Buffer {
  let end = HEADER_BYTES
  while ((query[end] ?? 0) !== 0) end += 1 + (query[end] ?? 0)
  const answer = Buffer.concat([query.subarray(0, end + 5), RECORD])
  answer.writeUInt16BE(0x8180, 2)
  answer.writeUInt16BE(1, 6)
  answer.writeUInt16BE(0, 8)
  answer.writeUInt16BE(0, 10)
  return answer
}
