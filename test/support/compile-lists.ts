/** Lists as files, compiled as the agent's worker does, and what comes of questions about them. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import type { SchoolRule } from '#agent/policy/ready-config.ts'
import type { ListVersion } from '#agent/rules/compile-plan.ts'
import { compileRules } from '#agent/rules/compile-rules.ts'
import type { CategoryId } from '#rules/categories.ts'
import { openIndex } from '#rules/open-index.ts'
import type { RuleIndex } from '#rules/rule-index.ts'
import { ask, type Reply, rcodeOf } from './dns-client.ts'
import { domainName } from './test-rules.ts'

export interface FormatList {
  readonly format: Exclude<ListVersion['format'], 'ut1'>
  readonly text: string
  readonly trusted?: boolean
  readonly category?: CategoryId
}

interface SchoolNames {
  readonly allow?: readonly string[]
  readonly deny?: readonly string[]
}

const RCODES = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED']
const TRUNCATED = 0x0200

/** An index of the lists, named `list0` and on, of category `media.games` unless told otherwise. */
export function compileLists(
  t: Test,
  lists: readonly FormatList[],
  { allow = [], deny = [] }: SchoolNames = {},
): RuleIndex {
  const folder = t.testdir()
  const ready = lists.map(
    ({ format, text, trusted = false, category = 'media.games' }, i): ListVersion => {
      const path = join(folder, `list${i}`)
      writeFileSync(path, text)
      const facts = { id: `list${i}`, title: 'T', licence: 'L', source: 'S', trusted }
      const version = { path, version: '1', updatedAt: 0 }
      const origin = { kind: 'file' as const, path }
      return { ...facts, ...version, origin, member: undefined, format, category }
    },
  )
  const bytes = compileRules({
    lists: ready,
    schoolAllow: allow.map(schoolRule),
    schoolDeny: deny.map(schoolRule),
    listBytesMax: 1_000_000,
    listNamesMax: 100_000,
    refusedLinesKept: 100,
    fingerprint: 'x',
  })
  const index = openIndex(bytes)
  if ('failure' in index) throw new Error(index.detail)
  return index
}

function schoolRule(name: string): SchoolRule {
  return { name: domainName(name), reason: 'r', author: '', groups: 'all', until: undefined }
}

/** What comes of a question `NAME [TYPE]`: an rcode, `NODATA`, `TC`, or the data. */
export async function outcomeOf(
  question: string,
  options: Parameters<typeof ask>[2],
): Promise<string> {
  const [name = '', type = 'A'] = question.split(' ')
  return sayReply(await ask(name, type, options))
}

function sayReply(reply: Reply): string {
  const data = (reply.answers ?? []).map((one) =>
    'data' in one && one.data !== null ? textOf(one.data) : '',
  )
  const rcode = RCODES[rcodeOf(reply)] ?? ''
  if (rcode !== 'NOERROR') return rcode
  if (data.length > 0) return data.join(' ')
  return (reply.bytes.readUInt16BE(2) & TRUNCATED) === 0 ? 'NODATA' : 'TC'
}

/** TXT data comes as buffers. */
function textOf(data: unknown): string {
  if (Array.isArray(data)) return data.map(textOf).join()
  if (Buffer.isBuffer(data)) return data.toString()
  return typeof data === 'string' ? data : JSON.stringify(data)
}
