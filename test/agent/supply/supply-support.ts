/** A list as a job of the supply worker takes it, run in the test's own thread against real sockets. */
import { readFileSync } from 'node:fs'
import { limitsFrom } from '#agent/policy/limits.ts'
import type { ListSignature, ReadyList } from '#agent/policy/ready-config.ts'
import { copyPath, listFolder } from '#agent/supply/list-folder.ts'
import { type ListRecord, newRecord } from '#agent/supply/list-record.ts'
import { sourceKey } from '#agent/supply/list-source.ts'
import { loadRecord } from '#agent/supply/load-record.ts'
import type { JobDone, SupplySettings } from '#agent/supply/supply-job.ts'
import { runSupplyJob } from '#agent/supply/take-list.ts'
import type { Ut1Use } from '#rules/parse/ut1-categories.ts'

export interface Wish {
  readonly urls?: readonly string[]
  readonly path?: string
  readonly format?: 'domains' | 'adblock' | 'hosts' | 'rpz' | 'ut1'
  readonly category?: 'media.games' | 'prod.webmail'
  /** For UT1: what the configuration says of folders. */
  readonly folders?: ReadonlyMap<string, Ut1Use>
  readonly member?: string
  readonly signature?: ListSignature
  readonly trusted?: boolean
}

export function makeList({ urls, path, format = 'domains', category, ...wish }: Wish): ReadyList {
  const facts = {
    id: 'games',
    title: 'Games',
    licence: 'CC0-1.0',
    source: 'somewhere',
    trusted: wish.trusted ?? false,
    member: wish.member,
    origin: urls
      ? { kind: 'url' as const, urls, everyMs: 86_400_000, signature: wish.signature }
      : { kind: 'file' as const, path: path ?? '' },
  }
  if (format === 'ut1') return { ...facts, format, categories: wish.folders ?? new Map() }
  return { ...facts, format, category: category ?? 'media.games' }
}

export interface Box {
  readonly settings: SupplySettings
  /** Takes the list now, with what is on the disk from before. */
  readonly take: (list: ReadyList, kind?: 'take' | 'accept') => Promise<JobDone>
  readonly record: () => ListRecord | undefined
  /** The text that is in force. */
  readonly inForce: () => string
}

/** A state folder of its own, with limits that a test need not wait for. */
export function makeBox(
  stateDir: string,
  options: {
    readonly namesPort: number
    readonly caFile: string
    readonly limits?: Readonly<Record<string, number>>
    readonly privateHosts?: readonly string[]
  },
): Box {
  const { namesPort, caFile, privateHosts = ['lists.test', 'mirror.test'] } = options
  const settings = {
    stateDir,
    limits: limitsFrom({ 'list-idle-ms': 300, 'list-download-ms': 5_000, ...options.limits }),
    downloads: { privateHosts, caFile },
    nameServers: [{ address: '127.0.0.1', port: namesPort }],
  }
  const folder = listFolder(stateDir, 'games')
  return {
    settings,
    take: (list, kind = 'take') => {
      const kept = loadRecord(folder)
      const source = sourceKey(list)
      const record = kept ? { ...kept, source } : newRecord(source)
      return runSupplyJob({ kind, list, record }, settings)
    },
    record: () => loadRecord(folder),
    inForce: () =>
      readFileSync(copyPath(folder, loadRecord(folder)?.good?.generation ?? 0), 'utf8'),
  }
}
