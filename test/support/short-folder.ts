import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder with a path short enough for a Unix socket in it, which tap's own folders are not. Gone after the test. */
export function shortFolder(t: { readonly teardown: (work: () => void) => void }): string {
  const folder = mkdtempSync(join(tmpdir(), 'edge-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
