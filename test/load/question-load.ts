/**
 * Clients that ask at a steady rate, whatever becomes of the answers, and ask once more what had none: what they lose is what a school
 * would notice. Each question has a name of its own in the ledger, so that nothing is counted twice.
 */

import { createSocket, type Socket } from 'node:dgram'
import { setTimeout as sleep } from 'node:timers/promises'
import { rawQuery } from '#test/fuzz/raw-query.ts'
import { wireName } from '#test/support/wire-name.ts'

/** Ids are good for this long: 65,536 on each of so many sockets. */
const SOCKETS = 8
const TICK_MS = 2
const ID_COUNT = 65_536
const TOLD_MAX = 10
/** So many seconds' questions at once at the most. */
const BURST_SECONDS = 0.05
const CLIENT_BUFFER_BYTES = 8_388_608

export interface QuestionLoadOptions {
  readonly port: number
  readonly perSecond: number
  /** The name of the question of this number, and the rcode that its answer must have. */
  readonly question: (number: number) => { readonly name: string; readonly rcode: number }
  /** After so long without an answer a question is asked once more, and after so long again it is lost. */
  readonly patienceMs: number
}

export interface QuestionLoadResult {
  readonly asked: number
  /** Questions that had an answer at the first try. */
  readonly first: number
  /** Questions that had one at the second. */
  readonly second: number
  readonly lost: number
  /** Answers with another rcode than expected. */
  readonly wrong: number
  /** Questions that were due and not asked, because this process was too late. */
  readonly skipped: number
  /** The first few of those, in words. */
  readonly told: readonly string[]
  readonly longestMs: number
}

interface Question {
  readonly name: string
  readonly bytes: Buffer
  readonly rcode: number
  readonly askedAtMs: number
  readonly isSecond: boolean
}

export interface QuestionLoad {
  /** Questions that wait for an answer to their first try. */
  readonly waiting: () => number
  /** Asks no more, and resolves when nothing waits any longer. */
  readonly end: () => Promise<QuestionLoadResult>
}

export async function startQuestionLoad(options: QuestionLoadOptions): Promise<QuestionLoad> {
  const { perSecond, question, patienceMs } = options
  const clients = await Promise.all(Array.from({ length: SOCKETS }, () => connect(options.port)))
  const waiting = clients.map(() => new Map<number, Question>())
  const result = { asked: 0, first: 0, second: 0, lost: 0, wrong: 0, skipped: 0, longestMs: 0 }
  const told: string[] = []
  let sends = 0
  const send = (one: Question): void => {
    const place = sends++ % SOCKETS
    const id = Math.floor(sends / SOCKETS) % ID_COUNT
    const message = Buffer.from(one.bytes)
    message.writeUInt16BE(id, 0)
    waiting[place]?.set(id, one)
    clients[place]?.send(message, () => undefined)
  }
  for (const [place, client] of clients.entries())
    client.on('message', (answer) => {
      const id = answer.readUInt16BE(0)
      const one = waiting[place]?.get(id)
      if (!one) return
      waiting[place]?.delete(id)
      const rcode = answer.readUInt16BE(2) & 0xf
      if (rcode !== one.rcode) {
        result.wrong += 1
        if (told.length < TOLD_MAX)
          told.push(
            `rcode ${rcode} for ${one.name} after ${Math.round(performance.now() - one.askedAtMs)} ms`,
          )
      } else if (one.isSecond) result.second += 1
      else result.first += 1
      result.longestMs = Math.max(result.longestMs, performance.now() - one.askedAtMs)
    })
  const giveUp = (): void => {
    const nowMs = performance.now()
    for (const map of waiting)
      for (const [id, one] of map) {
        if (nowMs - one.askedAtMs < patienceMs) break
        map.delete(id)
        if (one.isSecond) result.lost += 1
        else send({ ...one, askedAtMs: nowMs, isSecond: true })
      }
  }
  const ending = new AbortController()
  const burst = Math.ceil(perSecond * BURST_SECONDS)
  const running = (async () => {
    const startedAtMs = performance.now()
    while (!ending.signal.aborted) {
      const due = Math.floor(((performance.now() - startedAtMs) / 1000) * perSecond)
      // A client that gets no turn to ask on a busy machine does not make up for it all at once.
      const late = due - result.skipped - result.asked - burst
      if (late > 0) result.skipped += late
      while (result.asked + result.skipped < due) {
        const { name, rcode } = question(result.asked++)
        const bytes = Buffer.from(rawQuery(wireName(name), 1).bytes)
        send({ name, bytes, rcode, askedAtMs: performance.now(), isSecond: false })
      }
      giveUp()
      await sleep(TICK_MS)
    }
    while (waiting.some(({ size }) => size > 0)) {
      giveUp()
      await sleep(TICK_MS)
    }
    for (const client of clients) client.close()
  })()
  return {
    waiting: () => waiting.reduce((sum, { size }) => sum + size, 0),
    end: async () => {
      ending.abort()
      await running
      return { ...result, told }
    },
  }
}

function connect(port: number): Promise<Socket> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: CLIENT_BUFFER_BYTES })
  socket.on('error', () => undefined)
  return new Promise((resolve) => {
    socket.connect(port, '127.0.0.1', () => resolve(socket))
  })
}
