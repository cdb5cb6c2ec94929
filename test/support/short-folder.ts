import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * A folder with a path short enough for a Unix socket in it (107 bytes), which tap's own folders are not; with these private folders in
 * it. Gone after the test.
 */
export function shortFolder(
  t: { readonly teardown: (work: () => void) => void },
  ...folders: readonly string[]
): string {
  const folder = mkdtempSync(join(tmpdir(), 'edge-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  for (const name of folders) mkdirSync(join(folder, name), { recursive: true, mode: 0o700 })
  return folder
}
