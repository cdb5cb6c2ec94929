/**
 * Every page of the console, as each role, on a desktop and on a phone: `npm run every-page`. A real collector and a real browser with a
 * made-up school. Prints what axe finds and what it cannot see (reflow at 320 pixels, 200 % zoom, order of focus, small targets, complaints of
 * the browser), and ends with 1 where there is anything. `--shots FOLDER` keeps a picture of each, with script, without, and as it is printed.
 * `--role nobody` is who is not signed in, and what people see who send forms that are wrong. `--empty` is a school on its first day.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ROLES, type Role } from '#collector/accounts/role.ts'
import { browserMissing, launchBrowser } from '../support/browser.ts'
import { runCollector } from '../support/running-collector.ts'
import { runFullSchool } from './walk/full-school.ts'
import { SIZES, type Size, type Visit } from './walk/look.ts'
import { walkSignedOut, walkWrong } from './walk/states.ts'
import { walk } from './walk/walk.ts'

const { values } = parseArgs({
  options: {
    shots: { type: 'string' },
    role: { type: 'string', multiple: true },
    empty: { type: 'boolean', default: false },
  },
})
if (browserMissing) throw new Error(browserMissing)
const folder = mkdtempSync(join(tmpdir(), 'edge-'))
const collector = values.empty ? await runCollector(folder) : await runFullSchool(folder)
const browser = await launchBrowser()
const { shots } = values
let pages = 0
let faults = 0
try {
  const roles = ROLES.filter((one) => values.role?.includes(one) ?? true)
  for (const size of sizes()) {
    for (const role of roles) await tellRole(role, size)
    if (values.role !== undefined && !values.role.includes('nobody')) continue
    tell('wrong', size, await walkWrong({ collector, browser, size, shots }))
    tell('nobody', size, await walkSignedOut({ collector, browser, size, shots }))
  }
  print(`${pages} pages looked at, ${faults} faults`)
  process.exitCode = faults === 0 ? 0 : 1
} finally {
  await browser.close()
  await collector.close()
  rmSync(folder, { recursive: true, force: true })
}

async function tellRole(role: Role, size: Size): Promise<void> {
  const as = { collector, browser, role, size, shots }
  tell(role, size, await walk(as))
  if (shots === undefined) return
  tell(role, size, await walk({ ...as, hasScript: false }))
  if (size === 'desktop') tell(role, size, await walk({ ...as, isPrinted: true }))
}

function sizes(): readonly Size[] {
  return Object.keys(SIZES).filter((one): one is Size => one in SIZES)
}

function tell(who: string, size: Size, visits: readonly Visit[]): void {
  for (const { path, problems } of visits) {
    pages++
    faults += problems.length
    for (const one of problems) print(`${who.padEnd(9)}${size.padEnd(8)} ${path}  ${one}`)
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
