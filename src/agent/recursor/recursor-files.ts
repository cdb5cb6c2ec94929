import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { getCACertificates } from 'node:tls'
import { type Failure, failure, isFailure } from '#domain/failure.ts'
import { writeStateFile } from '#platform/state-file.ts'
import type { ReadyRecursor } from '../policy/ready-config.ts'
import { AUTHORITIES_FILE, HINTS_FILE, unboundConfig } from './unbound-config.ts'

export const CONFIG_FILE = 'unbound.conf'
const TEMPLATE = join(import.meta.dirname, CONFIG_FILE)
/** Debian keeps this one up to date (package dns-root-data); ours is as old as this version. */
const ROOT_ANCHORS = ['/usr/share/dns/root.key', join(import.meta.dirname, 'root-anchors.ds')]
const FILE_BYTES_MAX = 1_048_576

/** What the recursor's folder is to hold, by file name. */
export interface RecursorFiles {
  readonly texts: ReadonlyMap<string, string>
  /** Where the anchors are kept; Unbound writes it anew as keys come and go, so it is only begun. */
  readonly anchorsFile: string
  readonly anchors: string
}

/** Reads what the configuration names. The failure quotes a file that cannot be had. Never rejects. */
export async function readRecursorFiles(recursor: ReadyRecursor): Promise<RecursorFiles | Failure> {
  const named = await readNamed(recursor)
  if (isFailure(named)) return named
  const { template, anchors, hints, authorities } = named
  // Other anchors begin another file: what was learnt from the old ones is not theirs.
  const anchorsFile = `anchors-${createHash('sha256').update(anchors).digest('hex').slice(0, 16)}.key`
  const config = unboundConfig(template, { recursor, anchorsFile, hints })
  const texts = [
    [CONFIG_FILE, config],
    ...(hints === undefined ? [] : [[HINTS_FILE, hints] as const]),
    ...(authorities === undefined ? [] : [[AUTHORITIES_FILE, authorities] as const]),
  ] as const
  return { texts: new Map(texts), anchorsFile, anchors }
}

/** Writes them, and begins the anchors where there are none yet. Rejects when the disk does. */
export async function writeRecursorFiles(folder: string, files: RecursorFiles): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  // oxlint-disable-next-line no-await-in-loop -- a handful, and the disk is no faster at several
  for (const [name, text] of files.texts) await writeStateFile(join(folder, name), text)
  const anchors = join(folder, files.anchorsFile)
  if (!existsSync(anchors)) await writeStateFile(anchors, files.anchors)
}

/** Forgets what is kept of anchors; the next writing begins them anew. Rejects when the disk does. */
export async function dropAnchors(folder: string, files: RecursorFiles): Promise<void> {
  await rm(join(folder, files.anchorsFile), { force: true })
}

interface Named {
  readonly template: string
  readonly anchors: string
  readonly hints: string | undefined
  readonly authorities: string | undefined
}

async function readNamed(recursor: ReadyRecursor): Promise<Named | Failure> {
  const { rootHints, trustAnchors, forwarders } = recursor
  const [first] = forwarders
  const needsAuthorities = first?.transport === 'dot'
  const built = ROOT_ANCHORS.find((file) => existsSync(file)) ?? ''
  const [template, anchors, hints, ca] = await Promise.all([
    readText(TEMPLATE, 'its configuration'),
    readText(trustAnchors ?? built, 'recursor.trust-anchors'),
    rootHints === undefined ? undefined : readText(rootHints, 'recursor.root-hints'),
    needsAuthorities && first.caFile ? readText(first.caFile, 'the ca of upstreams') : undefined,
  ])
  if (isFailure(template)) return template
  if (isFailure(anchors)) return anchors
  if (isFailure(hints)) return hints
  if (isFailure(ca)) return ca
  const authorities = needsAuthorities ? (ca ?? getCACertificates('default').join('\n')) : undefined
  return { template, anchors, hints, authorities }
}

async function readText(path: string, what: string): Promise<string | Failure> {
  try {
    if ((await stat(path)).size > FILE_BYTES_MAX)
      return failure('unreadable', `${what}: ${path} has more than ${FILE_BYTES_MAX} bytes`)
    return await readFile(path, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    const why = code === 'ENOENT' ? 'no such file' : `it cannot be read (${code})`
    return failure('unreadable', `${what}: ${path}: ${why}`)
  }
}
