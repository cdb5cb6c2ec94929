/**
 * Compiles one list of names as the agent's worker does, and prints what that took: `node compile-child.ts FILE SNAPSHOT`. A process of
 * its own, because only so the memory at the peak is that of compiling.
 */
import { statSync } from 'node:fs'
import { compileRules } from '#agent/rules/compile-rules.ts'
import { saveSnapshot } from '#agent/rules/snapshot-file.ts'
import { openIndex } from '#rules/open-index.ts'
import { isRuleFailure } from '#rules/rule-failure.ts'
import { peakMib } from './process-figures.ts'

/** What the process prints, as JSON. */
export interface CompileFigures {
  readonly compileMs: number
  /** Of compiling, in all threads: on a busy machine the better measure. */
  readonly cpuMs: number
  readonly openMs: number
  readonly peakMib: number
  readonly snapshotBytes: number
  readonly names: number
}

const [path = '', snapshot = ''] = process.argv.slice(2)
const cpuBefore = process.cpuUsage()
const startedAt = performance.now()
const parts = compileRules({
  lists: [
    {
      id: 'bench',
      title: 'bench',
      source: 'bench',
      licence: 'none',
      trusted: false,
      path,
      version: '1',
      updatedAt: 0,
      origin: { kind: 'file', path },
      member: undefined,
      format: 'domains',
      category: 'contact.forums_ugc',
    },
  ],
  schoolAllow: [],
  schoolDeny: [],
  listBytesMax: 1_073_741_824,
  listNamesMax: 20_000_000,
  refusedLinesKept: 100,
  fingerprint: '',
})
const compiledAt = performance.now()
const { user, system } = process.cpuUsage(cpuBefore)
const index = openIndex(parts)
const openedAt = performance.now()
if (isRuleFailure(index)) throw new Error(index.detail)
saveSnapshot(snapshot, parts)
const figures: CompileFigures = {
  compileMs: compiledAt - startedAt,
  cpuMs: (user + system) / 1000,
  openMs: openedAt - compiledAt,
  peakMib: peakMib(process.pid),
  snapshotBytes: statSync(snapshot).size,
  names: index.names,
}
process.stdout.write(JSON.stringify(figures))
