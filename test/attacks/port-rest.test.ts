/** SAD DNS: whoever has found a port out finds it unused for a minute, although the kernel has few to choose from. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import t from 'tap'
import { cannotTry, PATHS } from './both-paths.ts'

const CHILD = join(import.meta.dirname, 'narrow-ports-child.ts')
const CHILD_TIMEOUT_MS = 90_000
/** Chosen by chance alone, of thirty some two would be the same, but once in a hundred times. */
const RANGE = '40000 40095'
const PORTS = 30
const PER_PORT = { batch: 128, node: 1 } as const

function missing(): string | false {
  if (process.getuid?.() !== 0) return 'network namespaces take root'
  try {
    execFileSync('unshare', ['-n', 'ip', 'link', 'set', 'lo', 'up'], { stdio: 'ignore' })
    return false
  } catch {
    return 'needs network namespaces, unshare (util-linux) and ip (iproute2)'
  }
}

const cannotUnshare = missing()
for (const { path, udp } of PATHS)
  t.test(
    `${path}: no port is used again within a minute`,
    { skip: cannotTry(udp) || cannotUnshare },
    (t) => {
      const range = `echo ${RANGE} > /proc/sys/net/ipv4/ip_local_port_range`
      const script = `ip link set lo up && ${range} && exec "$0" "$1" "$2" "$3"`
      const questions = String(PORTS * PER_PORT[udp])
      const words = ['-n', 'sh', '-c', script, process.execPath, CHILD, udp, questions]
      const options = { encoding: 'utf8', timeout: CHILD_TIMEOUT_MS } as const
      const ports: unknown = JSON.parse(execFileSync('unshare', words, options))
      if (!Array.isArray(ports)) throw new Error('the child says nothing')
      t.ok(ports.length >= PORTS, `${ports.length} ports`)
      t.equal(new Set(ports).size, ports.length, 'each but once')
      t.ok(ports.every((port) => port >= 40_000 && port <= 40_095))
      t.end()
    },
  )
