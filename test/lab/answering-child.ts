/** A resolver in a namespace: every name has one address; which names it was asked for it prints. Words: port, and address (loopback where it is left out). */
import { createSocket } from 'node:dgram'
import { AT_QUESTION, readReply, recordOf, replyTo, TYPE } from '#test/rfc/raw-message.ts'

const socket = createSocket('udp4')
socket.on('message', (query, { port, address }) => {
  const record = recordOf(AT_QUESTION, TYPE.A, 300, Buffer.of(192, 0, 2, 80))
  socket.send(replyTo(query, { answers: [record] }), port, address)
  process.stdout.write(`${readReply(query).id}\n`)
})
const [, , port, address = '127.0.0.1'] = process.argv
socket.bind(Number(port), address, () => process.stdout.write('ready\n'))
