import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { isRefused } from '#agent/policy/config.ts'
import { loadConfig } from '#agent/policy/config-source.ts'
import type { ReadyConfig } from '#agent/policy/ready-config.ts'
import { PolicyKeeper } from '#agent/policy-keeper.ts'
import { systemClock } from '#platform/clock.ts'
import { makeRules } from '#test/support/test-rules.ts'

const clock = systemClock

t.test('new rules are in force when all their views are ready, and not before', async (t) => {
  const old = makeRules([['old.test', 'media.games']])
  const rules = makeRules(
    Array.from({ length: 600 }, (_, i) => [
      `n${i}.test`,
      { kind: 'school-deny', groups: [`g${i}`] },
    ]),
  )
  const keeper = new PolicyKeeper(configOf(t.testdir(), {}), old, { clock })
  let pauses = 0
  const pause = async () => {
    pauses += 1
    t.equal(keeper.rules, old)
  }
  t.equal(await keeper.useRules(rules, pause), true)
  t.equal(keeper.rules, rules)
  t.equal(keeper.slot.current.generation, 2)
  const groups = keeper.config.groups.size
  t.ok(pauses >= groups * 3, `${pauses} pauses for ${groups} groups of 600 entries`)
})

t.test('a policy that changes while views are made is the one in force', async (t) => {
  const old = makeRules([['old.test', 'media.games']])
  const rules = makeRules([['new.test', 'media.games']])
  const folder = t.testdir()
  const keeper = new PolicyKeeper(configOf(folder, {}), old, { clock })
  const other = configOf(folder, { deny: [{ name: 'other.test', reason: 'test', author: 'test' }] })
  let isFirst = true
  const pause = async () => {
    if (isFirst) keeper.useConfig(other)
    isFirst = false
  }
  t.equal(await keeper.useRules(rules, pause), true)
  t.equal(keeper.rules, rules)
  t.equal(keeper.config.schoolDeny, other.schoolDeny)
})

t.test('newer rules win over those whose views are still made', async (t) => {
  const [old, first, second] = ['old.test', 'first.test', 'second.test'].map((name) =>
    makeRules([[name, 'media.games']]),
  )
  if (!old || !first || !second) throw new Error('no rules')
  const keeper = new PolicyKeeper(configOf(t.testdir(), {}), old, { clock })
  let newer: Promise<boolean> | undefined
  const pause = async () => {
    newer ??= keeper.useRules(second, () => Promise.resolve())
  }
  t.equal(await keeper.useRules(first, pause), false)
  t.equal(await newer, true)
  t.equal(keeper.rules, second)
})

function configOf(folder: string, sections: Readonly<Record<string, unknown>>): ReadyConfig {
  mkdirSync(folder, { recursive: true })
  const path = join(folder, 'edge.yaml')
  writeFileSync(path, JSON.stringify({ upstreams: [{ address: '127.0.0.1' }], ...sections }))
  const config = loadConfig({ kind: 'file', path })
  if (isRefused(config)) throw new Error(JSON.stringify(config.problems))
  return config
}
