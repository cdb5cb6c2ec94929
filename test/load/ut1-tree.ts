/** A folder of lists in UT1's layout: the real one where its tarball is at hand, else one of made-up names. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface ListTree {
  readonly path: string
  readonly isReal: boolean
  /** Folders whose usage says black, and that have names. */
  readonly black: readonly string[]
}

/** Where the shared data of a development machine lies, beside the checkout. */
export const SHARED_UT1: string = join(
  import.meta.dirname,
  '../../../shared/data/ut1/blacklists.tar.gz',
)
const MADE_UP_NAMES = 200_000

export function makeListTree(folder: string, tarball: string = SHARED_UT1): ListTree {
  mkdirSync(folder, { recursive: true })
  const isReal = existsSync(tarball)
  if (isReal) execFileSync('tar', ['-xzf', tarball, '-C', folder])
  else makeUp(join(folder, 'blacklists'))
  const path = join(folder, 'blacklists')
  const black = readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .filter((name) => isBlack(join(path, name)))
  return { path, isReal, black }
}

/** Reads a list as a person would: one name a line, addresses are none. Independent of the product's parsers. */
export function readNames(tree: ListTree): Set<string> {
  const names = new Set<string>()
  for (const folder of tree.black)
    for (const line of readFileSync(join(tree.path, folder, 'domains'), 'utf8').split('\n')) {
      const name = line.trim().toLowerCase().replace(/\.$/, '')
      if (/^[a-z0-9_-]+(\.[a-z0-9_-]+)+$/.test(name) && !/^\d+(\.\d+){3}$/.test(name))
        names.add(name)
    }
  return names
}

/** Whether a name or any name above it is listed: the naive look-up. */
export function isListed(names: ReadonlySet<string>, name: string): boolean {
  const labels = name.split('.')
  return labels.some((_, i) => names.has(labels.slice(i).join('.')))
}

function isBlack(folder: string): boolean {
  const usage = join(folder, 'usage')
  if (!existsSync(usage) || !existsSync(join(folder, 'domains'))) return false
  return /^\s*black\b/.test(readFileSync(usage, 'utf8').replace(/#.*$/gm, ''))
}

function makeUp(path: string): void {
  const folders = ['gambling', 'games', 'vpn', 'dating']
  for (const [i, folder] of folders.entries()) {
    mkdirSync(join(path, folder), { recursive: true })
    writeFileSync(join(path, folder, 'usage'), 'black\n')
    const share = MADE_UP_NAMES / folders.length
    const lines = Array.from(
      { length: share },
      (_, n) => `${folder}${n * 7 + i}.zone${n % 97}.test`,
    )
    writeFileSync(join(path, folder, 'domains'), `${lines.join('\n')}\n`)
  }
}
