/** A second client, independent of the product: asks everything and compares with the naive look-up. */
import { createSocket } from 'node:dgram'
import { encode } from 'dns-packet'
import type { Question } from './school-lists.ts'

const OUTSTANDING_MAX = 50
const TIMEOUT_MS = 3_000
const NXDOMAIN = 3
const FLAGS_RCODE = 0xf

export interface Comparison {
  readonly right: number
  /** The first few, in words. */
  readonly wrong: readonly string[]
  readonly wrongCount: number
  readonly unanswered: number
}

/** `address` is what every allowed name must have, in dotted decimal. */
export async function compareAnswers(
  questions: readonly Question[],
  port: number,
  address: string,
): Promise<Comparison> {
  const expected = Buffer.from(address.split('.').map(Number))
  const wrong: string[] = []
  let right = 0
  let wrongCount = 0
  let unanswered = 0
  let next = 0
  const work = async (): Promise<void> => {
    const asker = makeAsker(port)
    for (let i = next++; i < questions.length; i = next++) {
      const question = questions[i]
      if (!question) break
      const reply = await asker.ask(question.name, i & 0xffff)
      if (!reply) unanswered++
      else if (isRight(reply, question, expected)) right++
      else {
        wrongCount++
        if (wrong.length < 10)
          wrong.push(
            `${question.name}: rcode ${reply.readUInt16BE(2) & FLAGS_RCODE}, listed: ${question.isBlocked}`,
          )
      }
    }
    asker.close()
  }
  await Promise.all(Array.from({ length: OUTSTANDING_MAX }, work))
  return { right, wrong, wrongCount, unanswered }
}

/** Blocked: NXDOMAIN and no record. Allowed: exactly the upstream's address at the end. */
function isRight(reply: Buffer, { isBlocked }: Question, address: Buffer): boolean {
  const rcode = reply.readUInt16BE(2) & FLAGS_RCODE
  const answers = reply.readUInt16BE(6)
  if (isBlocked) return rcode === NXDOMAIN && answers === 0
  return rcode === 0 && answers === 1 && reply.includes(address)
}

interface Asker {
  readonly ask: (name: string, id: number) => Promise<Buffer | undefined>
  readonly close: () => void
}

function makeAsker(port: number): Asker {
  const socket = createSocket('udp4')
  let settle: ((reply: Buffer | undefined) => void) | undefined
  let waitingFor = -1
  socket.on('message', (reply) => {
    if (reply.length >= 12 && reply.readUInt16BE(0) === waitingFor) settle?.(reply)
  })
  return {
    ask: (name, id) =>
      new Promise((resolve) => {
        const timer = setTimeout(() => resolve(undefined), TIMEOUT_MS)
        waitingFor = id
        settle = (reply) => {
          clearTimeout(timer)
          resolve(reply)
        }
        const questions = [{ type: 'A', name } as const]
        socket.send(encode({ type: 'query', id, flags: 0x0100, questions }), port, '127.0.0.1')
      }),
    close: () => socket.close(),
  }
}
