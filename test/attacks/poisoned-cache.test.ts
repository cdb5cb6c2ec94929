/**
 * MaginotDNS, ghost domains (CVE-2022-30257), 0.0.0.0 as glue (CVE-2026-50251), aliases without end (CVE-2022-48256): of what an upstream adds to an
 * answer nothing is kept but the records asked for and their aliases, and nothing that is kept already is changed by it. In raw bytes. What zones
 * are told apart by is in `test/agent/upstream/zones.test.ts`.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import {
  AT_QUESTION,
  RCODE,
  type ReplyFields,
  recordOf,
  replyTo,
  soaOf,
  TYPE,
} from '#test/rfc/raw-message.ts'
import { type RawQuery, type RawUpstream, startRawUpstream } from '#test/support/raw-upstream.ts'
import { wireName } from '#test/support/wire-name.ts'
import { addressesOf, cannotTry, lookUp, PATHS, startPath } from './both-paths.ts'

const GOOD = Buffer.of(192, 0, 2, 1)
const EVIL = Buffer.of(203, 0, 113, 66)
const NOWHERE = Buffer.of(0, 0, 0, 0)
const LONG = 86_400
/** Names that nobody has asked the evil ones about. */
const FOREIGN = ['com', 'bank.test', 'www.bank.test', 'ns.evil.test', 'end.test', 'evil.test']

const a = (name: string, data: Buffer): Buffer => recordOf(wireName(name), TYPE.A, LONG, data)
const ns = (zone: string): Buffer =>
  recordOf(wireName(zone), TYPE.NS, LONG, wireName('ns.evil.test'))
const cname = (name: string, target: string): Buffer =>
  recordOf(wireName(name), TYPE.CNAME, 300, wireName(target))
const address = recordOf(AT_QUESTION, TYPE.A, 300, GOOD)

/** By the name asked. */
const EVIL_ANSWERS: Readonly<Record<string, ReplyFields>> = {
  'answers.evil.test': {
    answers: [address, a('bank.test', EVIL), a('www.bank.test', EVIL), a('evil.test', EVIL)],
  },
  'authority.evil.test': {
    answers: [address],
    authorities: [ns('com'), ns('test'), ns('bank.test'), soaOf('bank.test', LONG, LONG)],
  },
  'glue.evil.test': {
    answers: [address],
    authorities: [ns('evil.test')],
    additionals: [a('ns.evil.test', NOWHERE), a('bank.test', NOWHERE), a('www.bank.test', EVIL)],
  },
  'referral.evil.test': {
    authorities: [ns('com'), ns('bank.test')],
    additionals: [a('ns.evil.test', EVIL), a('bank.test', EVIL)],
  },
  'no.evil.test': {
    flags: 0x8183,
    authorities: [soaOf('evil.test', 300, 300), soaOf('bank.test', LONG, LONG), ns('bank.test')],
    additionals: [a('bank.test', EVIL)],
  },
  'alias.evil.test': {
    answers: [cname('alias.evil.test', 'end.test'), a('end.test', GOOD), a('bank.test', EVIL)],
  },
  'self.evil.test': { answers: [cname('self.evil.test', 'self.evil.test')] },
  'round.evil.test': {
    answers: [cname('round.evil.test', 'back.test'), cname('back.test', 'round.evil.test')],
  },
  'ladder.evil.test': {
    answers: Array.from({ length: 40 }, (_, i) =>
      cname(i === 0 ? 'ladder.evil.test' : `l${i}.test`, `l${i + 1}.test`),
    ),
  },
}

const KEPT = ['answers', 'authority', 'glue', 'alias'] as const

function askedFor({ asked }: RawUpstream, name: string): number {
  return asked.filter((one) => one.name.toLowerCase() === name).length
}

function scripted({ message, name, reply }: RawQuery): void {
  reply(replyTo(message, EVIL_ANSWERS[name.toLowerCase()] ?? { answers: [address] }))
}

for (const { path, udp } of PATHS) {
  const skip = cannotTry(udp)

  for (const isWarm of [false, true])
    t.test(
      `${path}: no name but the one asked, and its aliases, ${isWarm ? 'is changed' : 'is kept'}`,
      { skip },
      async (t) => {
        const upstream = await startRawUpstream(scripted)
        t.teardown(() => upstream.close())
        const server = await startPath(t, udp, { upstreamPort: upstream.port })
        if (isWarm) for (const name of FOREIGN) await lookUp(server, name)
        for (const name of Object.keys(EVIL_ANSWERS)) {
          const reply = await lookUp(server, name)
          t.notOk(addressesOf(reply).includes(EVIL.join('.')), name)
          t.notOk(addressesOf(reply).includes(NOWHERE.join('.')), name)
          t.ok(askedFor(upstream, name) <= 3, `${name}: at most three messages`)
          t.equal(reply.additionals.length, 0, `${name}: nothing additional`)
          t.notOk(
            reply.authorities.some(({ type, owner }) => type === TYPE.NS || owner === 'bank.test'),
            `${name}: no delegation`,
          )
        }
        for (const label of KEPT)
          t.same(addressesOf(await lookUp(server, `${label}.evil.test`)), [GOOD.join('.')])
        for (const name of FOREIGN) {
          const reply = await lookUp(server, name)
          t.same(addressesOf(reply), [GOOD.join('.')], name)
          t.ok((reply.answers[0]?.ttl ?? LONG) <= 300, `${name}: as long as it was said of it`)
          t.equal(askedFor(upstream, name), 1, `${name}: asked for by itself, once`)
        }
      },
    )

  t.test(`${path}: aliases without end end at once`, { skip }, async (t) => {
    const upstream = await startRawUpstream(scripted)
    t.teardown(() => upstream.close())
    const server = await startPath(t, udp, { upstreamPort: upstream.port })
    for (const name of ['self', 'round', 'ladder'].map((label) => `${label}.evil.test`)) {
      const reply = await lookUp(server, name)
      t.ok(reply.rcode === RCODE.NOERROR || reply.rcode === RCODE.SERVFAIL, name)
      t.ok(reply.answers.length <= 8, `${name}: ${reply.answers.length} aliases`)
      t.ok(upstream.asked.filter((one) => /\bl?\d*\.test$/.test(one.name)).length <= 3)
    }
    t.ok(upstream.asked.length <= 9, 'three messages for each at most')
    t.same(addressesOf(await lookUp(server, 'www.test')), [GOOD.join('.')], 'and it lives')
  })

  t.test(
    `${path}: a domain that is gone is gone when its own time is over`,
    { skip },
    async (t) => {
      const state = { isGone: false }
      const upstream = await startRawUpstream(({ message, name, reply }) => {
        const lower = name.toLowerCase()
        const stillThere = [
          recordOf(wireName('ghost.test'), TYPE.NS, LONG, wireName('ns.ghost.test')),
        ]
        if (lower !== 'ghost.test')
          return reply(
            replyTo(message, {
              answers: [address, recordOf(wireName('ghost.test'), TYPE.A, LONG, EVIL)],
              authorities: stillThere,
              additionals: [a('ghost.test', EVIL), a('ns.ghost.test', EVIL)],
            }),
          )
        const there = { answers: [recordOf(AT_QUESTION, TYPE.A, 2, GOOD)], authorities: stillThere }
        const gone = { flags: 0x8183, authorities: [soaOf('test', 60, 60)] }
        reply(replyTo(message, state.isGone ? gone : there))
      })
      t.teardown(() => upstream.close())
      const server = await startPath(t, udp, { upstreamPort: upstream.port })
      t.same(addressesOf(await lookUp(server, 'ghost.test')), [GOOD.join('.')])
      state.isGone = true
      const untilMs = performance.now() + 2_300
      // The child keeps saying that it is there, as whoever it belonged to would make it.
      for (let i = 0; performance.now() < untilMs; i++) {
        await lookUp(server, `child${i}.ghost.test`)
        await lookUp(server, 'ghost.test')
        await sleep(100)
      }
      t.equal((await lookUp(server, 'ghost.test')).rcode, RCODE.NXDOMAIN)
    },
  )
}
