/** The table of docs/contributor.md: every RFC in it is what its files test. */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'

const ROOT = join(import.meta.dirname, '..', '..')
const ROW = /^\| ([\d, ]+) \| (`test\/.+`) \|$/gm

const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8')

/** The code of a file: comments may name any RFC. */
function codeOf(file: string): string {
  return read(file)
    .split('\n')
    .filter((line) => !/^\s*(\/\*|\*|\/\/)/.test(line))
    .join('\n')
}

const rows = [...read('docs/contributor.md').matchAll(ROW)].flatMap(([, rfcs = '', files = '']) =>
  [...files.matchAll(/`([^`]+)`/g)].map(([, file = '']) => ({ rfcs: rfcs.split(', '), file })),
)

t.test('each file of the table has tests named for each of its RFCs', async (t) => {
  t.ok(rows.length > 20, `${rows.length} pairs`)
  for (const { rfcs, file } of rows)
    for (const rfc of rfcs)
      t.match(codeOf(file), new RegExp(`['"\`]RFC ${rfc} (section|appendix) `), `${rfc} in ${file}`)
})

t.test('each file of test/rfc stands in it', async (t) => {
  const listed = new Set(rows.map(({ file }) => file))
  for (const file of readdirSync(import.meta.dirname).filter((one) => one.endsWith('.test.ts')))
    if (file !== 'table.test.ts') t.ok(listed.has(`test/rfc/${file}`), file)
})
