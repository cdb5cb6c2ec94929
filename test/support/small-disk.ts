import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Why there can be no small disk, or false. */
export const smallDiskMissing: string | false =
  process.getuid?.() === 0 ? false : 'a tmpfs of its own takes root'

/** A file system of 16 MiB, gone after the test. Not in the test's own folder, which could not be removed while it is mounted. */
export function smallDisk(t: { readonly teardown: (work: () => void) => void }): string {
  const dir = mkdtempSync(join(tmpdir(), 'edge-full-'))
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16m,mode=0700', 'tmpfs', dir])
  t.teardown(() => {
    execFileSync('umount', ['-l', dir])
    rmdirSync(dir)
  })
  return dir
}

/** Writes a file until its disk is full. */
export function fillUp(file: string): void {
  const block = Buffer.alloc(1024)
  try {
    for (;;) writeFileSync(file, block, { flag: 'a' })
  } catch {
    // Full, as wished.
  }
}
