/** Looks for names in every file of some folders, as text and in the wire form of DNS. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Searched {
  readonly files: number
  readonly bytes: number
  /** `file: word`. */
  readonly found: readonly string[]
}

/** `words` are labels, which stand the same in a text and in the wire form; case counts not. */
export function findBytes(folders: readonly string[], words: readonly string[]): Searched {
  let [files, bytes] = [0, 0]
  const found: string[] = []
  for (const folder of folders)
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue
      const file = join(entry.parentPath, entry.name)
      const text = readFileSync(file).toString('latin1').toLowerCase()
      files++
      bytes += text.length
      for (const word of words) if (text.includes(word)) found.push(`${file}: ${word}`)
    }
  return { files, bytes, found }
}
