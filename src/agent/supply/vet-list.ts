import { randomBytes } from 'node:crypto'
import { closeSync, openSync, readSync } from 'node:fs'
import { failure } from '#domain/failure.ts'
import { IndexBuilder } from '#rules/index-builder.ts'
import type { ListManifest } from '#rules/list.ts'
import { openIndex } from '#rules/open-index.ts'
import { isRuleFailure } from '#rules/rule-failure.ts'
import type { Limits } from '../policy/limits.ts'
import type { ListVersion } from '../rules/compile-plan.ts'
import { compileList } from '../rules/compile-rules.ts'
import { blocksNetworks, guardsIn, typesIn } from './find-guards.ts'
import type { ListFailure } from './list-record.ts'
import { SUPPLY_LIMITS } from './supply-limits.ts'

/** What was found in a version of a list, compiled by itself with nothing around it. */
export interface Vetted extends Pick<ListManifest, 'names' | 'refusedLines' | 'refused'> {
  /** What it blocks, or answers, that a school must reach: names, domains, addresses, or how many of these. */
  readonly guards: readonly string[]
  /** Whether it blocks whole networks of devices. */
  readonly blocksNetworks: boolean
  /** What it says of itself in its head; hostile text. */
  readonly version: string | undefined
}

const HEAD_BYTES = 4_096
const HTML = /^\s*(?:<!doctype\s+html|<html|<head|<body|<script|<\?xml|<!--)/i
const VERSION = /^[#!;]\s*(?:version|serial)\s*:\s*(\S.{0,38})/im
/** A name for which no list has a rule: whether another one would still find room. */
const ROOM_PROBE = 'room.invalid'

/**
 * Looks into a version of a list before it is put in force: the same parser, the same guards, an index of its own. Blocks for as
 * long as compiling takes: a worker's work. A failure says why no list of this kind may be used.
 */
export function vetList(
  list: ListVersion,
  { listBytes, listNames, refusedLinesKept }: Limits,
): Vetted | ListFailure {
  const head = list.format === 'ut1' ? '' : readHead(list.path)
  if (HTML.test(head))
    return failure(
      'html',
      'it is a web page and no list: a sign-in page, or an address that is gone',
    )
  const builder = new IndexBuilder({
    seed: randomBytes(8),
    limits: { nodesMax: listNames, refusedKeptMax: refusedLinesKept },
  })
  const sink = compileList(builder, list, listBytes)
  const room = sink.add(ROOM_PROBE, 'exact', { kind: 'categorise', category: 'prod.ads' })
  if (room?.failure === 'too-many-names')
    return failure('too-large', `it has more names than the limit of ${listNames} (list-names)`)
  sink.remove(ROOM_PROBE, 'exact', { kind: 'categorise', category: 'prod.ads' })
  const index = openIndex(builder.build())
  if (isRuleFailure(index)) return failure('internal', `it does not compile: ${index.detail}`)
  const [manifest] = index.lists
  const { names = 0, refusedLines = 0, refused = [] } = manifest ?? {}
  if (names === 0) return failure('empty', emptyText(refusedLines))
  const types = typesIn(index)
  if (!types)
    return failure('not-a-list', `its rules name more than ${SUPPLY_LIMITS.typesMax} record types`)
  return {
    names,
    refusedLines,
    refused,
    guards: guardsIn(index, types),
    blocksNetworks: blocksNetworks(index),
    version: versionIn(head),
  }
}

function emptyText(refusedLines: number): string {
  return refusedLines === 0
    ? 'it is empty'
    : `it holds no usable rule: all of its ${refusedLines} lines are refused; is the format right?`
}

function versionIn(head: string): string | undefined {
  return VERSION.exec(head)?.[1]?.trim()
}

function readHead(path: string): string {
  const fd = openSync(path, 'r')
  try {
    const bytes = Buffer.alloc(HEAD_BYTES)
    return bytes.toString('utf8', 0, readSync(fd, bytes)).replace(/^\uFEFF/, '')
  } finally {
    closeSync(fd)
  }
}
