import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { supervise } from '#cli/supervise.ts'

/** `fake-supervisor.ts FOLDER NAME=MODE...` keeps fake parts; prints `ready` once all serve their sockets. */
const [folder = '', ...specs] = process.argv.slice(2)
const parts = specs.map((spec) => {
  const [name = '', mode = ''] = spec.split('=')
  const socket = join(folder, name)
  rmSync(socket, { force: true })
  return {
    name,
    args: [join(import.meta.dirname, 'fake-part.ts'), mode, socket],
    environment: process.env,
    hasReload: name === 'agent',
    isRequired: name === 'agent',
    isReady: () => Promise.resolve(existsSync(socket)),
  }
})
const code = await supervise({
  parts,
  isTerminal: false,
  complain: (line) => process.stderr.write(`${line}\n`),
  onReady: () => {
    process.stdout.write('ready\n')
    return Promise.resolve()
  },
})
process.exit(code)
