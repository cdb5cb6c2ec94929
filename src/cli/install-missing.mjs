// Brings in what a fresh clone lacks, then gets out of the way. Runs before `npm start`, `npm test` and the rest on
// whatever Node >= 20 the machine has, so it is plain JavaScript that needs no package.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const modules = join(root, 'node_modules')
const stampFile = join(modules, '.installed-from')
const pinnedNode = join(modules, '.bin', 'node')

const lockHash = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex')

if (!isInstalled()) {
  process.stderr.write('installing what is missing (npm ci) ...\n')
  const npm = process.env.npm_execpath
  const [command, args] = npm ? [process.execPath, [npm, 'ci']] : ['npm', ['ci']]
  const done = spawnSync(command, [...args, '--loglevel=error', '--no-progress'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  })
  if (done.status !== 0) {
    process.stderr.write('npm ci did not finish; run it by hand to see why, then start again\n')
    process.exit(done.status ?? 1)
  }
}
if (!existsSync(pinnedNode)) {
  process.stderr.write(
    `no pinned Node for ${process.platform}-${process.arch}: this product runs on linux-x64 and linux-arm64\n`,
  )
  process.exit(1)
}

/** True when node_modules was made from this very lockfile, as the script after every install notes. */
function isInstalled() {
  if (!existsSync(pinnedNode)) return false
  const isForDevelopment = process.env.npm_lifecycle_event !== 'prestart'
  if (isForDevelopment && !existsSync(join(modules, '.bin', 'tap'))) return false
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8').trim() === lockHash
}
