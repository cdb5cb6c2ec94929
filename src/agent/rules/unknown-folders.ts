/**
 * Folders of a UT1 list of which nothing is known. Nothing of them is kept but their names, in a file beside the folders that are: so whoever
 * compiles that version can tell of them.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { writeFileDurably } from '#platform/durable-file.ts'
import type { ListSink } from '#rules/list-sink.ts'
import type { Ut1Use } from '#rules/parse/ut1-categories.ts'
import { ut1Use } from '#rules/parse/ut1-folder.ts'
import { isRuleFailure } from '#rules/rule-failure.ts'
import { ut1Folders } from './compile-plan.ts'

/** No folder that is kept has a dot in its name. */
const FILE = 'unknown-folders.json'
const FOLDERS_MAX = 500
const NAME_CHARS_MAX = 200
const namesSchema = z.array(z.string())

/** A folder that is not used, and why. */
export interface UnknownFolder {
  /** Hostile text. */
  readonly name: string
  readonly reason: string
}

/** Gathers names; one more than is told, so that it can be said that there are more. */
export class FolderNames {
  readonly #names = new Set<string>()

  add(name: string): void {
    if (this.#names.size <= FOLDERS_MAX) this.#names.add(name.slice(0, NAME_CHARS_MAX))
  }

  get names(): readonly string[] {
    return [...this.#names]
  }
}

/** Keeps the names beside a version. Blocks on the disk; throws when it fails. */
export function keepUnknown(path: string, names: readonly string[]): void {
  if (names.length > 0) writeFileDurably(join(path, FILE), `${JSON.stringify(names)}\n`, 0o600)
}

/** Those of the folders that this list's configuration does not know either. */
export function unknownAmong(
  names: readonly string[],
  own: ReadonlyMap<string, Ut1Use>,
): readonly UnknownFolder[] {
  return names.flatMap((name) => {
    const use = ut1Use(name, own)
    return isRuleFailure(use) ? [{ name, reason: use.detail }] : []
  })
}

/** Tells of the folders of a version that are not used. */
export function refuseUnknown(
  sink: Pick<ListSink, 'refuse'>,
  path: string,
  own: ReadonlyMap<string, Ut1Use>,
): void {
  const names = [...new Set([...listFolders(path), ...keptUnknown(path)])].toSorted()
  for (const [i, { name, reason }] of unknownAmong(names, own).entries()) {
    if (i < FOLDERS_MAX) sink.refuse(0, `folder ${JSON.stringify(name)}`, reason)
    else return sink.refuse(0, 'more folders', `more than ${FOLDERS_MAX} are in no table`)
  }
}

/** Names of the folders that have what a list has. Blocks on the disk; never throws. */
export function listFolders(path: string): readonly string[] {
  return ut1Folders(path).filter((folder) =>
    ['domains', 'usage'].some((file) => existsSync(join(path, folder, file))),
  )
}

/** What `keepUnknown` kept; nothing where there is nothing sound. Blocks on the disk; never throws. */
export function keptUnknown(path: string): readonly string[] {
  try {
    return namesSchema.safeParse(JSON.parse(readFileSync(join(path, FILE), 'utf8'))).data ?? []
  } catch {
    return []
  }
}
