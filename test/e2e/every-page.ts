/**
 * Every page of the console, as each role, on a desktop and on a phone: `npm run every-page`. A real collector and a real browser with a
 * made-up school. Prints what axe finds and what it cannot see (reflow at 320 pixels, 200 % zoom, order of focus, small targets, complaints of
 * the browser), and ends with 1 where there is anything. `--shots FOLDER` keeps a picture of each, with script and without.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ROLES } from '#collector/accounts/role.ts'
import { browserMissing, launchBrowser } from '../support/browser.ts'
import { runFullSchool } from './walk/full-school.ts'
import { SIZES, type Size, walk } from './walk/walk.ts'

const { values } = parseArgs({
  options: { shots: { type: 'string' }, role: { type: 'string', multiple: true } },
})
if (browserMissing) throw new Error(browserMissing)
const folder = mkdtempSync(join(tmpdir(), 'edge-'))
const collector = await runFullSchool(folder)
const browser = await launchBrowser()
try {
  let pages = 0
  let faults = 0
  for (const role of ROLES.filter((one) => values.role?.includes(one) ?? true))
    for (const size of sizes())
      for (const hasScript of values.shots === undefined ? [true] : [true, false])
        for (const { path, problems } of await walk({
          collector,
          browser,
          role,
          size,
          hasScript,
          shots: values.shots,
        })) {
          pages++
          faults += problems.length
          for (const one of problems) print(`${role.padEnd(9)}${size.padEnd(8)} ${path}  ${one}`)
        }
  print(`${pages} pages looked at, ${faults} faults`)
  process.exitCode = faults === 0 ? 0 : 1
} finally {
  await browser.close()
  await collector.close()
  rmSync(folder, { recursive: true, force: true })
}

function sizes(): readonly Size[] {
  return Object.keys(SIZES).filter((one): one is Size => one in SIZES)
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
