import { createHash } from 'node:crypto'
import { type Stats, statSync } from 'node:fs'
import { join } from 'node:path'
import type { ReadyList } from '../policy/ready-config.ts'
import { ut1Folders } from '../rules/compile-plan.ts'

/** Names what a list is taken from and how it is read: with another one, nothing that is known of the old one counts. */
export function sourceKey({ origin, member, ...list }: ReadyList): string {
  const from = origin.kind === 'url' ? { ...origin, everyMs: 0 } : origin
  const folders = list.format === 'ut1' ? [...list.categories] : []
  return `${list.format}:${digest([from, member, folders])}`
}

/** Whether a version that was taken from another source can still be read: until there is a newer one, it is better than none. */
export function isReadableAs(copySource: string, source: string): boolean {
  return formatOf(copySource) === formatOf(source)
}

function formatOf(source: string): string {
  return source.slice(0, source.indexOf(':'))
}

/**
 * The state of a list's files on this machine: path, size and time of each. Another text means that there is something to look
 * at. Blocks on the disk, for file facts only; never throws.
 */
export function examine(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (!stats?.isDirectory()) return digest([fact(path, stats)])
  const files = ut1Folders(path).flatMap((folder) => [
    join(path, folder, 'domains'),
    join(path, folder, 'usage'),
  ])
  return digest(files.map((file) => fact(file, statSync(file, { throwIfNoEntry: false }))))
}

function fact(path: string, stats: Stats | undefined): readonly unknown[] {
  return [path, stats?.size ?? -1, stats?.mtimeMs ?? 0, stats?.ino ?? 0]
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex')
}
