/** A device that answers multicast DNS, in bytes of its own: `address`, `how`, `name` in hexadecimal (of one label). */
import { createSocket } from 'node:dgram'

const [address = '', how = '', nameHex = '', device = 'eth0'] = process.argv.slice(2)
const isIpv6 = address.includes(':')
const socket = createSocket({ type: isIpv6 ? 'udp6' : 'udp4', reuseAddr: true })
const label = Buffer.from(nameHex, 'hex')

socket.on('message', (query, from) => {
  process.stdout.write(
    `${JSON.stringify({ asked: query.toString('hex'), port: from.port, address: from.address })}\n`,
  )
  const question = query.subarray(12, query.length - 4)
  const data = Buffer.concat([
    Buffer.of(label.length),
    label,
    Buffer.from('\u0005local\u0000', 'latin1'),
  ])
  const head = Buffer.from('000084000001000100000000', 'hex')
  query.copy(head, 0, 0, 2)
  if (how === 'wrong-id') head[0] = (head[0] ?? 0) ^ 0xff
  if (how === 'refused') head[3] = 5
  const record = Buffer.from('000c00010000000a0000', 'hex')
  record.writeUInt16BE(data.length, 8)
  const owner = how === 'wrong-owner' ? Buffer.from('\u0001x\u0000', 'latin1') : question
  const answer = Buffer.concat([head, query.subarray(12), owner, record, data])
  const bytes = how === 'cut' ? answer.subarray(0, -3) : answer
  socket.send(bytes, from.port, from.address)
})
// Any port number serves to hear multicast; every address, for the group's packets come to it.
socket.bind(5353, () => {
  socket.addMembership(isIpv6 ? 'ff02::fb' : '224.0.0.251', isIpv6 ? `::%${device}` : address)
  process.stdout.write(`${JSON.stringify({ ready: true })}\n`)
})
