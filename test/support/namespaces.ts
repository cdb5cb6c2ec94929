/** Network namespaces for tests: machines on one cable, each with a kernel of its own as far as addresses go. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

const FOLDERS = ['/usr/sbin', '/usr/bin', '/sbin', '/bin']
interface Teardown {
  readonly teardown: (work: () => unknown) => void
}

/** Where a program is, or undefined. */
export function findProgram(name: string): string | undefined {
  return FOLDERS.map((folder) => join(folder, name)).find((path) => existsSync(path))
}

/** Why there can be none, or which program is missing (name and Debian package); false where all is there. */
export function namespacesMissing(
  programs: readonly (readonly [program: string, debianPackage: string])[] = [],
): string | false {
  if (process.getuid?.() !== 0) return 'network namespaces take root'
  for (const [program, debianPackage] of [['ip', 'iproute2'] as const, ...programs])
    if (!findProgram(program))
      return `${program} is missing: install the Debian package ${debianPackage}`
  const name = `edge-try-${process.pid}`
  try {
    execFileSync('ip', ['netns', 'add', name], { stdio: 'ignore' })
    execFileSync('ip', ['netns', 'del', name], { stdio: 'ignore' })
    return false
  } catch {
    return 'this kernel or container allows no network namespaces'
  }
}

/** A machine of its own, until the test is over. */
export class Namespace {
  readonly name: string

  constructor(t: Teardown, name: string) {
    this.name = name
    execFileSync('ip', ['netns', 'add', name])
    t.teardown(() => execFileSync('ip', ['netns', 'del', name]))
    this.run('ip link set lo up')
  }

  /** Runs a command of plain words; throws where it fails. */
  run(command: string): string {
    const words = ['netns', 'exec', this.name, ...command.split(' ')]
    return execFileSync('ip', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  }

  /** Starts a program that ends with the test at the latest. */
  spawn(t: Teardown, program: string, args: readonly string[], environment = {}): ChildProcess {
    const child = spawn('ip', ['netns', 'exec', this.name, program, ...args], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
        ...environment,
      },
    })
    t.teardown(() => endChild(child))
    return child
  }
}

/** A cable between two; each end has the name that is given. */
export function connect(
  [one, oneEnd]: readonly [Namespace, string],
  [other, otherEnd]: readonly [Namespace, string],
): void {
  const words = ['link', 'add', oneEnd, 'netns', one.name, 'type', 'veth']
  execFileSync('ip', [...words, 'peer', 'name', otherEnd, 'netns', other.name])
  one.run(`ip link set ${oneEnd} up`)
  other.run(`ip link set ${otherEnd} up`)
}

/** Kills a child, and waits for its end. */
export async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'close')
  child.kill('SIGKILL')
  await ended
}
