/** The worker may die: nothing that it did is lost but what it held in memory, and another goes on. */
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { EMPTY_CONFIG } from '#agent/policy/config.ts'
import { normalise } from '#agent/policy/normalise.ts'
import { Query } from '#agent/query.ts'
import { AgentSignals } from '#agent/signals/agent-signals.ts'
import type { SignalFound } from '#agent/signals/observed-lookup.ts'
import { newToldMark } from '#agent/signals/told-mark.ts'
import { systemClock } from '#platform/clock.ts'
import { NO_ADDRESS_RULES } from '#rules/address-rule-table.ts'
import { compileView } from '#rules/policy-view.ts'
import { makePolicy, makeRules } from '#test/support/test-rules.ts'
import { wireName } from '#test/support/wire-name.ts'

const config = normalise(EMPTY_CONFIG, { file: undefined, resolvConf: '', localAddresses: [] })
const CLIENT = '192.0.2.7'

function queryOf(name: string): Query {
  const query = new Query()
  query.begin('tcp', CLIENT)
  query.client = {
    address: CLIENT,
    key: CLIENT,
    group: 'ks3',
    view: compileView(makeRules([['a.test', 'adult.porn']]), makePolicy('ks3')),
    rules: NO_ADDRESS_RULES,
    source: 'network',
    isForwarder: false,
    queries: 0,
    told: newToldMark(),
  }
  query.verdict = {
    kind: 'block',
    reason: 'category',
    category: 'harm.selfharm',
    list: 'a-list',
    entry: 1,
  }
  query.decided = query.verdict
  query.startedAtMs = performance.now()
  const wire = wireName(name)
  query.view.name.set(wire)
  query.view.nameLength = wire.length
  query.view.type = 1
  return query
}

t.setTimeout(120_000)

t.test('signals come for events that the worker was told of before it died', async (t) => {
  const faults: string[] = []
  const found: SignalFound[] = []
  const signals = new AgentSignals({
    stateDir: t.testdir(),
    config,
    clock: systemClock,
    logLevel: 'error',
    hashName: () => 'hash',
    onFault: (text) => faults.push(text),
  })
  signals.onFound((one) => found.push(one))
  signals.start([])
  t.teardown(() => signals.close())
  const note = signals.alsoCounting(() => undefined)
  const lookup = {
    client: CLIENT,
    group: 'ks3',
    category: 'harm.selfharm',
    theme: 'self-harm',
    severity: 'high',
    name: { form: 'clear', name: 'bad.test' },
    list: 'a-list',
  } as const
  const signalOf = async (event: string): Promise<boolean> => {
    for (let i = 0; i < 300 && !found.some((one) => one.event === event); i++) await sleep(100)
    return found.some((one) => one.event === event)
  }
  note(queryOf('bad.test'), 0)
  signals.follow(lookup, 'event-1')
  t.ok(await signalOf('event-1'))
  await signals.kill()
  t.equal(faults.length, 1)
  found.length = 0
  await sleep(2_000)
  note(queryOf('bad.test'), 0)
  t.ok(await signalOf('event-1'), 'the next worker knows the event still')
  t.equal(signals.status().workerDeaths, 1)
  await signals.queries.kill()
  t.equal(faults.length, 2)
  await signals.close()
  note(queryOf('late.test'), 0)
  t.equal(signals.status().dropped, 0, 'nobody is told any more')
})
