/**
 * Clocks that are wrong: ten years behind, ten years ahead, 1970, and set while the agent runs. DNS is answered within a second of its start
 * being over, at any clock; TTLs go by a clock that nobody sets; events are in the order in which they came.
 */

import { existsSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { readOutbox } from '#test/fault/read-stores.ts'
import {
  AT_QUESTION,
  queryOf,
  type RawReply,
  RCODE,
  readReply,
  recordOf,
  replyTo,
  TYPE,
} from '#test/rfc/raw-message.ts'
import { type AgentProcess, metricsOf, startAgentProcess } from '#test/support/agent-process.ts'
import { askRaw } from '#test/support/dns-client.ts'
import { startRawUpstream } from '#test/support/raw-upstream.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import { wireName } from '#test/support/wire-name.ts'

/** Where Debian keeps it, for both machines. */
const LIBRARY = ['x86_64-linux-gnu', 'aarch64-linux-gnu']
  .map((machine) => `/usr/lib/${machine}/faketime/libfaketimeMT.so.1`)
  .find((file) => existsSync(file))
const skip = LIBRARY ? false : 'needs libfaketime (faketime)'
const ANSWER_MS_MAX = 1_000
const TTL = 300

interface Clock {
  readonly title: string
  /** As faketime(1) has it. */
  readonly offset: string
}

const CLOCKS: readonly Clock[] = [
  { title: 'ten years behind', offset: '-3650d' },
  { title: 'ten years ahead', offset: '+3650d' },
  { title: 'in 1970', offset: '@1970-01-01 00:00:30' },
]

const upstream = await startRawUpstream(({ message, reply }) => {
  const record = recordOf(AT_QUESTION, TYPE.A, TTL, Buffer.of(192, 0, 2, 1))
  reply(replyTo(message, { answers: [record] }))
})
t.teardown(() => upstream.close())

/** The agent with a clock of its own, which is set by writing `rc`; monotonic time is the machine's. */
async function start(t: Test, offset: string, folder: string): Promise<AgentProcess> {
  const rc = join(folder, 'rc')
  writeFileSync(rc, `${offset}\n`)
  const agent = await startAgentProcess({
    folder,
    upstreamPorts: [upstream.port],
    addresses: ['127.0.0.1'],
    untilBlocked: 'blocked.test',
    config: { deny: [{ name: 'blocked.test', reason: 'a test' }] },
    environment: {
      LD_PRELOAD: LIBRARY ?? '',
      FAKETIME_TIMESTAMP_FILE: rc,
      FAKETIME_CACHE_DURATION: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      TZ: 'UTC',
    },
  })
  t.teardown(() => agent.stop())
  return agent
}

/** Whole, so that no read sees half of it. */
function setClock(folder: string, offset: string): void {
  writeFileSync(join(folder, 'rc.new'), `${offset}\n`)
  renameSync(join(folder, 'rc.new'), join(folder, 'rc'))
}

async function answer(t: Test, { port }: AgentProcess, name: string): Promise<RawReply> {
  const query = queryOf({ name: wireName(name) })
  const reply = await askRaw(query, { port, timeoutMs: ANSWER_MS_MAX })
  t.ok(reply, `${name} within a second`)
  return readReply(reply ?? query)
}

async function expectAnswers(t: Test, agent: AgentProcess, label: string): Promise<void> {
  t.equal((await answer(t, agent, `${label}.example.org`)).answers.length, 1, 'forwarded')
  t.equal((await answer(t, agent, `${label}.example.org`)).answers.length, 1, 'again')
  t.equal((await answer(t, agent, 'blocked.test')).rcode, RCODE.NXDOMAIN, 'blocked')
  t.equal((await answer(t, agent, 'localhost')).answers.length, 1, 'local')
}

/** The year that the agent's log says it is. */
function yearOf(agent: AgentProcess): string {
  return /"time":"(\d{4})-/.exec(agent.log())?.[1] ?? ''
}

for (const { title, offset } of CLOCKS)
  t.test(`a clock ${title}`, { skip }, async (t) => {
    const agent = await start(t, offset, shortFolder(t))
    const now = new Date().getUTCFullYear()
    const years = Math.abs(Number(yearOf(agent)) - now)
    t.ok(years >= 9, `the agent believes that it is ${yearOf(agent)}`)
    await expectAnswers(t, agent, 'first')
    t.equal((await agent.stop()).code, 0)
  })

t.test('a clock that is set while it runs, back and forth', { skip }, async (t) => {
  const folder = shortFolder(t)
  const agent = await start(t, '+0d', folder)
  await expectAnswers(t, agent, 'kept')
  for (const [i, offset] of ['+3650d', '-3650d', '@1970-01-01 00:00:30', '+0d'].entries()) {
    setClock(folder, offset)
    // The library looks once a second, the agent at the clock every five.
    await sleep(1_500)
    await expectAnswers(t, agent, `after${i}`)
    const asked = upstream.asked.length
    const [record] = (await answer(t, agent, 'kept.example.org')).answers
    t.equal(
      upstream.asked.length,
      asked,
      `${offset}: what is kept is kept, no longer and no shorter`,
    )
    t.ok(record && record.ttl <= TTL && record.ttl > TTL - 120, `${record?.ttl} s left`)
  }
  t.match(await metricsOf(agent), /^edge_fast_path_replaced_total 0$/m, 'the worker has lived')
  t.equal((await agent.stop()).code, 0)
})

t.test('events keep their order and their run through clocks and restarts', { skip }, async (t) => {
  const folder = shortFolder(t)
  const runs: string[] = []
  for (const offset of ['+3650d', '-3650d']) {
    const agent = await start(t, offset, folder)
    const alarm = await answer(t, agent, 'x.canary-harm-selfharm.test')
    t.equal(alarm.rcode, RCODE.NXDOMAIN)
    await agent.stop()
    runs.push(offset)
  }
  const rows = readOutbox(join(folder, 'state', 'agent', 'outbox.db'))
  t.ok(rows.filter(({ lane }) => lane === 'safeguarding').length >= runs.length)
  t.equal(new Set(rows.map(({ epoch }) => epoch)).size, 1, 'one outbox')
  for (const lane of new Set(rows.map((row) => row.lane))) {
    const sequence = rows.filter((row) => row.lane === lane).map((row) => row.sequence)
    t.same(
      sequence,
      sequence.map((_, i) => (sequence[0] ?? 0) + i),
      `${lane}: dense, in the order in which they came`,
    )
  }
})
