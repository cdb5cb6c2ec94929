import { randomInt } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { withSelfMark } from '#wire/self-mark.ts'
import { isAnswerTo, writeUpstreamQuery } from '#wire/upstream-query.ts'
import type { Endpoint } from '../policy/sections/listen.ts'
import { wireOf } from './lab.ts'

const TIMEOUT_MS = 2_000

/** One question over UDP, sent from an address of this machine, or any where it is undefined. */
export interface AskedFrom {
  readonly from: string | undefined
  readonly to: Endpoint
  readonly name: string
  readonly type: number
  /** So that nothing of it is counted or recorded, where the box itself is asked; it must not be sent elsewhere. */
  readonly mark?: Uint8Array
}

/** Resolves with the answer, or undefined where none comes or it is refused. Never rejects. */
export function askFrom({ from, to, name, type, mark }: AskedFrom): Promise<Buffer | undefined> {
  const plain = writeUpstreamQuery(
    { name: wireOf(name), type, isDnssecOk: false, isCheckingDisabled: false },
    randomInt(0x10000),
  )
  const query = mark ? withSelfMark(plain, mark) : plain
  return new Promise((resolve) => {
    const socket = createSocket(to.address.includes(':') ? 'udp6' : 'udp4')
    const finish = (answer: Buffer | undefined): void => {
      clearTimeout(timer)
      socket.removeAllListeners()
      socket.on('error', () => undefined)
      socket.close()
      resolve(answer)
    }
    const timer = setTimeout(finish, TIMEOUT_MS, undefined)
    socket.on('error', () => finish(undefined))
    socket.on('message', (message) => {
      if (isAnswerTo(query, message)) finish(message)
    })
    socket.on('connect', () => socket.send(query))
    // Connected, so that a refusal by ICMP is heard and nobody else is.
    if (from === undefined) socket.connect(to.port, to.address)
    else socket.bind(0, from, () => socket.connect(to.port, to.address))
  })
}
