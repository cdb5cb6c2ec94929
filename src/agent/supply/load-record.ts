import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { LIST_TROUBLES } from '#domain/list-event.ts'
import { copyPath, RECORD } from './list-folder.ts'
import type { ListCopy, ListRecord } from './list-record.ts'

const text = z.string().max(4_000)
const copySchema: z.ZodType<ListCopy> = z.object({
  generation: z.int().positive(),
  source: text,
  names: z.int().nonnegative(),
  refusedLines: z.int().nonnegative(),
  refused: z.array(z.object({ line: z.number(), text, reason: text })),
  guards: z.array(text),
  version: text,
  updatedAt: z.number(),
  sha256: text,
  url: text.optional(),
  etag: text.optional(),
  lastModified: text.optional(),
})
const recordSchema: z.ZodType<ListRecord> = z.object({
  v: z.literal(1),
  source: text,
  good: copySchema.optional(),
  previous: z.int().optional(),
  held: copySchema.optional(),
  examined: text,
  confirmedAt: z.number(),
  triedAt: z.number(),
  failures: z.int().nonnegative(),
  fault: z.object({ trouble: z.enum(LIST_TROUBLES), detail: text, since: z.number() }).optional(),
  staleTold: z.boolean(),
  generation: z.int().nonnegative(),
})

/**
 * What was kept of a list. A version that is not there any more is forgotten; undefined where nothing sound was kept. Blocks on
 * the disk; never throws.
 */
export function loadRecord(folder: string): ListRecord | undefined {
  const json = readText(join(folder, RECORD))
  const record = json === undefined ? undefined : readRecord(json)
  if (!record) return undefined
  const isThere = (copy: ListRecord['good']): boolean =>
    copy !== undefined &&
    statSync(copyPath(folder, copy.generation), { throwIfNoEntry: false }) !== undefined
  const { good, held } = record
  return {
    ...record,
    good: isThere(good) ? good : undefined,
    held: isThere(held) ? held : undefined,
    // What is lost is taken again.
    examined: isThere(good) ? record.examined : '',
  }
}

function readRecord(json: string): ListRecord | undefined {
  try {
    return recordSchema.safeParse(JSON.parse(json)).data
  } catch {
    return undefined
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
