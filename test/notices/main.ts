/** `npm run notices -- FILE`: every message that people may get, through every channel, written to a file for looking at. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { allNotices } from './all-notices.ts'

const [file = 'notices.txt'] = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'edge-notices-'))
try {
  const notices = await allNotices(folder)
  const blocks = notices.map(({ channel, tone, severity, items, isPromised, text }) => {
    const hours =
      tone === 'forewarning'
        ? `out of hours, ${isPromised ? 'time known' : 'no time known'}`
        : 'in hours'
    const what =
      severity === undefined
        ? ''
        : `, ${severity}, ${items} ${items === 1 ? 'item' : 'items'}, ${hours}`
    return `=== ${tone}${what}: ${channel}\n${text.trim()}\n`
  })
  writeFileSync(file, blocks.join('\n'))
  process.stdout.write(`${notices.length} messages in ${file}\n`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
