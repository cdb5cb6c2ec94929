import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'

/** A fresh folder whose path leaves room for a socket (107 bytes), with these folders in it; gone after the test. */
export function shortFolder(t: Test, ...folders: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'edge-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  for (const name of folders) mkdirSync(join(folder, name), { recursive: true, mode: 0o700 })
  return folder
}
