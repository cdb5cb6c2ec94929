/** SAD DNS and its like: what a forger gets who has found out the port of a question, in raw bytes. */
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import {
  AT_QUESTION,
  type RawReply,
  RCODE,
  recordOf,
  replyTo,
  TYPE,
} from '#test/rfc/raw-message.ts'
import { openIcmpSocket } from '#test/support/icmp-socket.ts'
import { type RawQuery, startRawUpstream } from '#test/support/raw-upstream.ts'
import { addressesOf, cannotTry, lookUp, PATHS, startPath } from './both-paths.ts'

const GOOD = '192.0.2.1'
const EVIL = '203.0.113.66'
const ATTACK_MS = 5_000
/** More the other side cannot take before its next turn. */
const BURST = 100
/** Wrong guesses after which a path listens to no more on that port. */
const GUESSES = { batch: 1, node: 2_048 + 150 } as const
/** Questions that are met with a refusal; three failures in a row would put an upstream to rest. */
const QUESTIONS = 12

function answer(query: Buffer, address: string): Buffer {
  const data = Buffer.from(address.split('.').map(Number))
  return replyTo(query, { answers: [recordOf(AT_QUESTION, TYPE.A, 300, data)] })
}

function isSameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}

function withId(message: Buffer, id: number): Buffer {
  const copy = Buffer.from(message)
  copy.writeUInt16BE(id & 0xffff, 0)
  return copy
}

/** The same with every letter of the name in another case than it had, by chance. */
function guessCase(message: Buffer): Buffer {
  const copy = Buffer.from(message)
  for (let at = 12; copy[at] !== 0; at += (copy[at] ?? 0) + 1)
    for (let i = at + 1; i <= at + (copy[at] ?? 0); i++) {
      const isLetter = ((copy[i] ?? 0) | 0x20) >= 0x61
      if (isLetter && Math.random() < 0.5) copy[i] = (copy[i] ?? 0) ^ 0x20
    }
  return copy
}

for (const { path, udp } of PATHS) {
  const skip = cannotTry(udp)

  t.test(
    `${path}: of all guesses that fit into five seconds none is believed`,
    { skip },
    async (t) => {
      let guesses = 0
      const attack = { isOver: false }
      const flood = async ({ message, reply }: RawQuery): Promise<void> => {
        const forged = answer(message, EVIL)
        for (
          let id = Math.floor(Math.random() * 65_536), sent = 0;
          !attack.isOver && sent < 65_536;
        ) {
          const spelt = guessCase(forged)
          for (let i = 0; i < BURST; i++, sent++) reply(withId(spelt, id++))
          guesses += BURST
          await new Promise(setImmediate)
        }
      }
      // It says nothing by itself, so that the forger has all the time that there is.
      const upstream = await startRawUpstream(
        (query) => void flood(query),
        () => undefined,
      )
      t.teardown(() => upstream.close())
      const server = await startPath(t, udp, { upstreamPort: upstream.port })
      const untilMs = performance.now() + ATTACK_MS
      const seen: string[] = []
      for (let i = 0; performance.now() < untilMs; i++)
        seen.push(...addressesOf(await lookUp(server, `www${i}.example.org`)))
      attack.isOver = true
      t.ok(guesses > 5_000, `${guesses} guesses`)
      t.same(seen, [], 'no client has heard any')
      t.notOk([...server.cache.entries()].length, 'and none is kept')
    },
  )

  /** Wrong ones, and the right one behind them. What the worker leaves undone the main thread goes on with. */
  const guess = async (
    { message, reply }: RawQuery,
    guesses: number = GUESSES[udp],
  ): Promise<void> => {
    for (let sent = 0; sent < guesses; sent++) {
      reply(withId(answer(message, EVIL), message.readUInt16BE(0) + 1 + sent))
      // No faster than they are read: those that find no room are not heard.
      if (sent % 20 === 19) await sleep(1)
    }
    reply(answer(message, EVIL))
  }

  t.test(`${path}: the right guess is too late after so many wrong ones`, { skip }, async (t) => {
    let guessed = 0
    // TCP says nothing either, so that UDP alone could bring an answer.
    const upstream = await startRawUpstream(
      (query) => {
        const isFirst =
          upstream.asked.filter(({ name }) => isSameName(name, query.name)).length === 1
        void guess(query, isFirst ? GUESSES[udp] : GUESSES.node).then(() => guessed++)
      },
      () => undefined,
    )
    t.teardown(() => upstream.close())
    const server = await startPath(t, udp, { upstreamPort: upstream.port })
    for (let i = 0; i < 3; i++) {
      const reply = await lookUp(server, `www${i}.example.org`)
      t.same([reply.rcode, addressesOf(reply)], [RCODE.SERVFAIL, []])
    }
    t.ok(guessed >= 3, `${guessed} times it was guessed in time`)
    t.ok(upstream.askedByTcp.length >= 3, 'TCP was asked')
  })

  t.test(`${path}: packets from elsewhere do not matter`, { skip }, async (t) => {
    const upstream = await startRawUpstream(
      ({ message, reply, forge }) => {
        for (let i = 0; i < 50; i++) forge(answer(message, EVIL))
        setTimeout(() => reply(answer(message, GOOD)), 50)
      },
      () => undefined,
    )
    t.teardown(() => upstream.close())
    const server = await startPath(t, udp, { upstreamPort: upstream.port })
    t.same(addressesOf(await lookUp(server, 'www.example.org')), [GOOD])
    t.equal(upstream.askedByTcp.length, 0, 'the kernel keeps them out: nobody even notices')
    t.equal(upstream.asked.length, 1)
  })

  const icmp = openIcmpSocket()
  t.teardown(() => icmp?.close())
  t.test(
    `${path}: "port unreachable" of a forger costs no answer and puts no upstream to rest (CVE-2023-26437)`,
    { skip: skip || (icmp ? false : 'raw sockets take root and koffi') },
    async (t) => {
      const heard = new Set<string>()
      const upstream = await startRawUpstream(({ message, name, port, reply }) => {
        heard.add(name.toLowerCase())
        // About somebody else's question, which the kernel knows.
        icmp?.refuse(port, upstream.port ^ 1)
        const { length } = upstream.asked
        // The worker's once, when all are on their way from one port; the main thread's for each first message.
        const isMet = udp === 'batch' ? length === QUESTIONS : length === 2 * heard.size - 1
        if (isMet) icmp?.refuse(port, upstream.port)
        setTimeout(() => reply(answer(message, GOOD)), 150)
      })
      t.teardown(() => upstream.close())
      const server = await startPath(t, udp, { upstreamPort: upstream.port })
      let rested = 0
      const watch = setInterval(() => {
        if (server.upstreams.upstreams[0]?.health.isResting) rested += 1
      }, 5)
      const names = Array.from({ length: QUESTIONS }, (_, i) => `www${i}.example.org`)
      const replies: RawReply[] = []
      if (udp === 'batch')
        replies.push(...(await Promise.all(names.map((name) => lookUp(server, name)))))
      else for (const name of names) replies.push(await lookUp(server, name))
      await sleep(150)
      clearInterval(watch)
      for (const reply of replies) t.same(addressesOf(reply), [GOOD])
      t.ok(upstream.asked.length > QUESTIONS, 'it has been heard')
      t.equal(rested, 0)
    },
  )
}
