/**
 * Asks the agent on 127.0.0.1 for a name that is forwarded (another each time), one that is blocked and one that is cached, in turn, and is the
 * upstream itself: so it knows what is right. Begins at a line of standard input, and says at the end how it went. Words: the agent's
 * port, the upstream's.
 */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { decode, encode, type Packet } from 'dns-packet'
import { BLOCKED_NAME } from './dns-loop.ts'

const [AGENT_PORT = 0, UPSTREAM_PORT = 0] = process.argv.slice(2).map(Number)
const EVERY_MS = 10
const LOST_AFTER_MS = 2000
const CACHED_NAME = 'cached.test'
const NXDOMAIN = 3
/** So many wrong answers are told of. */
const WRONG_MAX = 5
const TTL_SECONDS = 3600

/** What the upstream has said of each name, and how often it was asked for the one that is cached. */
const given = new Map<string, string>()
let cachedAsked = 0

const upstream = createSocket('udp4')
upstream.on('message', (bytes, { port, address }) => {
  const query = decode(bytes)
  const [question] = query.questions ?? []
  if (!question) return
  const name = question.name.toLowerCase()
  if (name === CACHED_NAME) cachedAsked++
  const data = given.get(name) ?? `203.0.113.${1 + (given.size % 250)}`
  given.set(name, data)
  const answers: Packet['answers'] =
    question.type === 'A' ? [{ type: 'A', name: question.name, ttl: TTL_SECONDS, data }] : []
  const reply = encode({ type: 'response', id: query.id, questions: [question], answers })
  upstream.send(reply, port, address)
})
upstream.bind(UPSTREAM_PORT, '127.0.0.1')
await once(upstream, 'listening')

const socket = createSocket('udp4')
const waiting = new Map<number, (answer: Packet) => void>()
let asked = 0
let lost = 0
const wrong: string[] = []
let slowestMs = 0
let isOver = false

socket.on('message', (bytes) => {
  const answer = decode(bytes)
  waiting.get(answer.id ?? 0)?.(answer)
})
process.on('SIGTERM', () => (isOver = true))
process.stdout.write('ready\n')
await once(process.stdin, 'data')
for (;;) {
  if (isOver) break
  const id = asked & 0xffff
  const name = [`f${asked}.forwarded.test`, BLOCKED_NAME, CACHED_NAME][asked % 3] ?? ''
  asked++
  const startedMs = performance.now()
  const answered = new Promise<Packet>((resolve) => waiting.set(id, resolve))
  const query = encode({ type: 'query', id, flags: 0x100, questions: [{ type: 'A', name }] })
  socket.send(query, AGENT_PORT, '127.0.0.1')
  const answer = await Promise.race([answered, sleep(LOST_AFTER_MS)])
  waiting.delete(id)
  if (!answer) lost++
  else if (!isRight(name, answer) && wrong.length < WRONG_MAX) wrong.push(said(name, answer))
  slowestMs = Math.max(slowestMs, performance.now() - startedMs)
  await sleep(EVERY_MS)
}
const told = { asked, lost, wrong, cachedAsked, slowestMs: Math.round(slowestMs) }
process.stdout.write(`${JSON.stringify(told)}\n`)
process.exit(0)

function isRight(name: string, { flags = 0, answers = [] }: Packet): boolean {
  const rcode = flags & 0xf
  if (name === BLOCKED_NAME) return rcode === NXDOMAIN && answers.length === 0
  const [answer] = answers
  return rcode === 0 && answer?.type === 'A' && answer.data === given.get(name)
}

function said(name: string, { flags = 0, answers = [] }: Packet): string {
  const found = answers.map((one) => (one.type === 'A' ? one.data : one.type))
  return `${name}: flags ${flags.toString(16)}, ${found.join(' ')} for ${given.get(name)}`
}
