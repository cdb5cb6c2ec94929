import { createSocket, type Socket } from 'node:dgram'
import { setTimeout as sleep } from 'node:timers/promises'
import { wireName } from '#test/support/wire-name.ts'
import { ExpectedAnswers } from './expected-answers.ts'
import { rawQuery } from './raw-query.ts'
import type { Tally } from './tally.ts'

/** Packets in the agent's socket buffer at most; a sentinel after each batch tells that it has been read. */
const BATCH_PACKETS = 32
const SENTINEL_TIMEOUT_MS = 3_000
const DRAIN_MS = 6_000
const POLL_MS = 20

export interface StormOptions {
  readonly port: number
  /** A loopback address; stands for a client. */
  readonly from: string
  readonly packets: number
  readonly nextPacket: () => Buffer
  readonly tally: Tally
  /** False once the agent is gone: then there is nothing to send to. */
  readonly isRunning: () => boolean
}

/** Sends packets from one socket, a batch at a time, and checks every answer. */
export async function stormUdp(options: StormOptions): Promise<void> {
  const { packets, tally, isRunning } = options
  const socket = await open(options)
  const expected = new ExpectedAnswers('udp', tally)
  let sentinel: { readonly query: Buffer; readonly done: (isBack: boolean) => void } | undefined
  socket.on('message', (answer) => {
    if (sentinel && isEcho(answer, sentinel.query)) sentinel.done(true)
    else expected.take(answer)
  })
  for (let sent = 0; sent < packets && isRunning(); ) {
    for (let i = 0; i < BATCH_PACKETS && sent < packets; i++, sent++) {
      const packet = options.nextPacket()
      expected.expect(packet)
      socket.send(packet)
      tally.packetsUdp++
    }
    const isBack = await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), SENTINEL_TIMEOUT_MS)
      const query = sentinelQuery(sent)
      sentinel = {
        query,
        done: (answer) => {
          clearTimeout(timer)
          resolve(answer)
        },
      }
      socket.send(query)
    })
    sentinel = undefined
    if (!isBack) tally.violation('a plain question after a batch of packets was not answered')
  }
  for (
    let waitedMs = 0;
    !expected.isSettled && waitedMs < DRAIN_MS && isRunning();
    waitedMs += POLL_MS
  )
    await sleep(POLL_MS)
  expected.settle(isRunning())
  socket.close()
}

/** A name that no packet of a storm has; the number makes each batch's its own. */
function sentinelQuery(n: number): Buffer {
  return Buffer.from(rawQuery(wireName(`sentinel-${n}.localhost`), 1).bytes)
}

function isEcho(answer: Buffer, query: Buffer): boolean {
  return (
    answer.length > query.length && answer.subarray(12, query.length).equals(query.subarray(12))
  )
}

function open({ port, from }: StormOptions): Promise<Socket> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 4_194_304 })
  // A refused port means that the agent is gone, which is seen elsewhere.
  socket.on('error', () => undefined)
  return new Promise((resolve) => {
    socket.bind(0, from, () => socket.connect(port, '127.0.0.1', () => resolve(socket)))
  })
}
