/** Every device of the school as a UDP socket at its own loopback address. */
import { createSocket, type Socket } from 'node:dgram'
import { encode } from 'dns-packet'
import type { Device } from '#simulator/school/school.ts'
import type { Lookup } from '#simulator/traffic/lookup.ts'

export interface DeviceSockets {
  readonly ask: (lookup: Lookup) => void
  readonly counts: () => { readonly asked: number; readonly answered: number }
  readonly close: () => void
}

const QUESTIONS_KEPT_MAX = 20_000
const TYPE_AT_END = 4

/** Opens one for each device that asks, when it asks first. */
export function makeDeviceSockets(port: number): DeviceSockets {
  const sockets = new Map<Device, Socket>()
  const questions = new Map<string, Buffer>()
  let asked = 0
  let answered = 0
  const socketOf = (device: Device): Socket => {
    const known = sockets.get(device)
    if (known) return known
    const socket = createSocket('udp4')
    socket.on('message', () => answered++)
    socket.bind(0, device.address)
    sockets.set(device, socket)
    return socket
  }
  const questionOf = ({ name, type }: Lookup): Buffer => {
    const key = `${type} ${name}`
    const known = questions.get(key)
    if (known) return known
    const made = encode({ type: 'query', flags: 0x0100, questions: [{ type: 'A', name }] })
    made.writeUInt16BE(type, made.length - TYPE_AT_END)
    if (questions.size >= QUESTIONS_KEPT_MAX) questions.clear()
    questions.set(key, made)
    return made
  }
  return {
    ask: (lookup) => {
      const message = Buffer.from(questionOf(lookup))
      message.writeUInt16BE(asked++ & 0xffff, 0)
      socketOf(lookup.device).send(message, port, '127.0.0.1')
    },
    counts: () => ({ asked, answered }),
    close: () => {
      for (const socket of sockets.values()) socket.close()
    },
  }
}
