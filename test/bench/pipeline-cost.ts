/** What one query costs in the pipeline, without sockets: nanoseconds of one thread, by what becomes of it. */

import { encode } from 'dns-packet'
import type { PolicySlot } from '#agent/active-policy.ts'
import { makeAnswerPolicy } from '#agent/answer-policy.ts'
import { AnswerCache } from '#agent/cache/answer-cache.ts'
import { ClientTable } from '#agent/identity/client-table.ts'
import { writeAnswer } from '#agent/listen/write-answer.ts'
import { compose, makeLast, makeStages } from '#agent/pipeline.ts'
import { readyBlock } from '#agent/policy/ready-block.ts'
import { Query } from '#agent/query.ts'
import { failure } from '#domain/failure.ts'
import { parseCidr } from '#domain/ip-address.ts'
import { systemClock } from '#platform/clock.ts'
import { compileView } from '#rules/policy-view.ts'
import type { RuleIndex } from '#rules/rule-index.ts'
import { makePolicy } from '#test/support/test-rules.ts'
import { readAnswer } from '#wire/stored-answer.ts'
import type { Question } from '#wire/upstream-query.ts'
import { writeUpstreamQuery } from '#wire/upstream-query.ts'

const CACHED = 2_000

function answerTo(question: Question) {
  const query = writeUpstreamQuery(question, 1)
  const labels: string[] = []
  for (let at = 12; query[at] !== 0; at += query[at]! + 1)
    labels.push(query.toString('latin1', at + 1, at + 1 + query[at]!))
  const name = labels.join('.')
  return readAnswer(
    encode({
      type: 'response',
      id: 1,
      flags: 0x180,
      questions: [{ type: 'A', name }],
      answers: [{ type: 'A', name, ttl: 86_000, data: '192.0.2.1' }],
    }),
  )
}

export async function benchPipeline(
  rules: RuleIndex,
  blockedNames: readonly string[],
): Promise<void> {
  const policies = ['pupils', 'staff', 'guest'].map((g) => makePolicy(g))
  const views = new Map(policies.map((policy) => [policy.group, compileView(rules, policy)]))
  const clients = new ClientTable({
    views,
    strictestGroup: 'pupils',
    networks: [
      ['127.0.0.0/9', 'pupils'],
      ['127.128.0.0/9', 'staff'],
      ['::1/128', 'guest'],
    ].flatMap(([cidr = '', group = '']) => {
      const network = parseCidr(cidr)
      return network ? [{ network, group }] : []
    }),
  })
  const policy: PolicySlot = {
    current: {
      generation: 1,
      rules,
      clients,
      ...makeAnswerPolicy(
        {
          block: readyBlock({}),
          denyAddresses: [],
          rebinding: { enabled: true, allowZones: [] },
          groups: new Map(),
        },
        rules,
      ),
    },
  }
  const cache = new AnswerCache({ entriesMax: 20_000, bytesMax: 32 << 20 })
  const parts = {
    policy,
    cache,
    ask: async (question: Question) => {
      const a = answerTo(question)
      return 'failure' in a ? failure('x', 'y') : a
    },
    count: () => undefined,
    clock: systemClock,
    inFlightMax: 100_000,
    record: () => undefined,
    hashName: () => '',
    onFault: () => undefined,
  }
  const resolve = compose(makeStages(parts), makeLast(parts))
  const cachedNames = Array.from({ length: CACHED }, (_, i) => `www.popular${i}.example.org`)
  const message = (name: string): Buffer =>
    encode({
      type: 'query',
      id: 7,
      flags: 0x100,
      questions: [{ type: 'A', name }],
      additionals: [
        { type: 'OPT', name: '.', udpPayloadSize: 1232, flags: 0, options: [] } as never,
      ],
    })
  const cached = cachedNames.map(message)
  const blocked = blockedNames.slice(0, 20_000).map(message)
  const query = new Query()
  const one = (bytes: Buffer, address: string): unknown => {
    query.begin('udp', address)
    query.view.bytes = bytes
    query.view.start = 0
    query.view.length = bytes.length
    const answer = resolve(query)
    if (answer instanceof Promise) return answer
    return writeAnswer(query, answer, query.view.udpBytesMax)
  }
  for (const bytes of cached) await one(bytes, '127.0.0.1')
  const addresses = Array.from({ length: 300 }, (_, i) => `127.0.${i % 3}.${i % 100}`)
  const time = (title: string, messages: readonly Buffer[], rounds: number): void => {
    const run = (n: number): number => {
      const startedAt = process.cpuUsage()
      for (let i = 0; i < n; i++)
        one(messages[i % messages.length]!, addresses[i % addresses.length]!)
      const { user, system } = process.cpuUsage(startedAt)
      return ((user + system) * 1000) / n
    }
    run(200_000)
    const found = Array.from({ length: 5 }, () => run(rounds)).toSorted((a, b) => a - b)
    process.stdout.write(
      `${title.padEnd(24)} ${found[2]!.toFixed(0)} ns a query (${found[0]!.toFixed(0)} to ${found[4]!.toFixed(0)})\n`,
    )
  }
  time('cached', cached, 300_000)
  time('blocked', blocked, 300_000)
}
