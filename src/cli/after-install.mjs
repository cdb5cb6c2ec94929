// Notes which lockfile was installed, and builds the optional packet-capture addon (`cap`) against the headers of the pinned Node, whatever `nodedir` npm is
// configured with: built for another Node it would load nowhere. Runs after every install; failing is not an error.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const BUILD_TIMEOUT_MS = 300_000

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const addon = join(root, 'node_modules', 'cap')
const nodePackage = join(root, 'node_modules', `node-linux-${process.arch}`)

// A tree that npm made by itself is as good as one that `npm start` asked for.
writeFileSync(
  join(root, 'node_modules', '.installed-from'),
  createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex'),
)
const reason = build()
if (reason) process.stderr.write(`capture: off (${reason}); everything else works without it\n`)

/** Returns why the addon is not there, or undefined when it is. */
function build() {
  if (!existsSync(addon)) return 'the cap package is not installed'
  if (!existsSync(nodePackage)) return `no Node headers for ${process.platform}-${process.arch}`
  const gyp = process.env.npm_config_node_gyp
  if (!gyp) return 'npm brought no node-gyp; run npm rebuild'
  const node = join(nodePackage, 'bin', 'node')
  const run = (args) =>
    spawnSync(node, args, {
      cwd: addon,
      encoding: 'utf8',
      timeout: BUILD_TIMEOUT_MS,
      env: buildEnv(),
    })
  const done = run([gyp, 'rebuild'])
  if (done.status === 0 && run(['-e', 'require(".")']).status === 0) return undefined
  const output = `${done.stdout}${done.stderr}`
  if (/pcap(\/pcap)?\.h|lpcap/.test(output))
    return 'libpcap headers are missing: apt-get install libpcap-dev, then npm rebuild'
  if (/find Python|python3? is not/i.test(output)) return 'building cap needs python3'
  return 'building cap failed: run npx node-gyp rebuild in node_modules/cap to see why'
}

/** node-gyp lets npm's own settings win over its arguments, so the header folder is set there. */
function buildEnv() {
  return {
    ...process.env,
    npm_config_nodedir: nodePackage,
    npm_package_config_node_gyp_nodedir: nodePackage,
  }
}
