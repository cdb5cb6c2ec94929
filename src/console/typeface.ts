/**
 * Atkinson Hyperlegible Next, which was drawn so that letters are hard to mistake: for readers with poor eyes, and for names
 * that have to be read exactly. SIL Open Font License 1.1.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

export interface Typeface {
  /** The rules that name the files; browsers fetch one only for letters that are on the page. */
  readonly css: string
  /** By the name under which they are served, which changes with what is in them. */
  readonly files: ReadonlyMap<string, Buffer>
}

const PACKAGE = '@fontsource-variable/atkinson-hyperlegible-next/package.json'
const folder = dirname(createRequire(import.meta.url).resolve(PACKAGE))

/** Reads the upright faces of all weights, in Latin letters of Europe. Throws when the package lacks a file: a start-up fault. */
export function loadTypeface(): Typeface {
  const files = new Map<string, Buffer>()
  const css = readFileSync(join(folder, 'wght.css'), 'utf8')
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(' Variable', '')
    .replaceAll(/\.\/files\/([a-z-]+)\.woff2/g, (_whole, file: string) => {
      const body = readFileSync(join(folder, 'files', `${file}.woff2`))
      const name = `${file}-${createHash('sha256').update(body).digest('hex').slice(0, 12)}.woff2`
      files.set(name, body)
      return `/assets/${name}`
    })
  return { css, files }
}
