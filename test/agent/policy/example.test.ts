import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parseDocument } from 'yaml'
import {
  type Config,
  EMPTY_CONFIG,
  isRefused,
  parseConfig,
  SECTIONS,
} from '#agent/policy/config.ts'
import { LIMIT_NAMES, limitKey } from '#agent/policy/limits.ts'
import { normalise } from '#agent/policy/normalise.ts'

const FILE = join(import.meta.dirname, '..', '..', '..', 'docs', 'edge.example.yaml')
const text = readFileSync(FILE, 'utf8')
const parsed = good(text)
const machine = { file: undefined, resolvConf: '', localAddresses: [] }

function good(example: string): Config {
  const config = parseConfig(example, FILE)
  if (isRefused(config)) throw new Error(JSON.stringify(config.problems))
  return config
}

t.test('the example is good and has every section and every limit', (t) => {
  for (const section of SECTIONS) t.ok(parsed[section], section)
  for (const name of LIMIT_NAMES) t.type(parsed.limits?.[limitKey(name)], 'number', limitKey(name))
  t.end()
})

t.test('where the example shows defaults they are those of the code', (t) => {
  const shown = normalise(parsed, machine)
  const defaults = normalise(EMPTY_CONFIG, machine)
  for (const section of ['listen', 'collector', 'limits'] as const)
    t.strictSame(shown[section], defaults[section], section)
  const { targets, intervalSeconds } = defaults.link
  t.match(shown.link, { targets, intervalSeconds })
  const { answer, ttlSeconds } = defaults.block
  t.match(shown.block, { answer, ttlSeconds })
  t.equal(shown.rebinding.enabled, defaults.rebinding.enabled)
  for (const group of ['ks1', 'ks2', 'ks4', 'staff', 'guest'])
    t.strictSame(shown.groups.get(group), defaults.groups.get(group), group)
  const { youtube, safeSearch } = defaults.groups.get('ks3') ?? {}
  t.match(shown.groups.get('ks3'), { youtube, safeSearch })
  t.end()
})

t.test('every "default:" beside a value is that value', (t) => {
  const lines = text.split('\n').flatMap((line) => {
    const match = /^[\s-]*([\w-]+):\s+(\S+)\s+#.*default: ([^\s,;]+)/.exec(line)
    return match ? [match.slice(1)] : []
  })
  t.ok(lines.length > 25, `${lines.length} of them`)
  const free = new Set([
    'author',
    'groups',
    'title',
    'licence',
    'source',
    'youtube',
    'ech',
    'ca',
    'allow-private',
    'allow-zones',
    'targets',
    'hours',
    'expires',
    'on',
    'days',
  ])
  for (const [key = '', value, said] of lines) if (!free.has(key)) t.equal(said, value, key)
  t.end()
})

t.test('the example reads the same to a plain YAML 1.2 reader', (t) => {
  t.strictSame(parseDocument(text, { version: '1.2' }).errors, [])
  t.end()
})
