/**
 * `npm run term-papers -- --out FOLDER`: plays a term of the simulated school into a real collector, works its alerts, checks and
 * decisions by the console's own forms, takes every paper that comes of it and draws each page as PNG, to be looked at.
 * That its figures are what the store says is a test of its own, `test/collector/reports/term-figures.test.ts`.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { browserMissing, launchBrowser } from '#test/support/browser.ts'
import { playTerm, signReview } from '#test/support/term/play-term.ts'
import { popplerMissing, takePapers } from '#test/support/term/take-papers.ts'

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: 'term-papers' },
    /** Up to ten: the simulated school has half-term in the sixth. */
    weeks: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
  },
})
for (const missing of [browserMissing, popplerMissing])
  if (missing !== false) throw new Error(missing)
mkdirSync(values.out, { recursive: true })
const folder = mkdtempSync(join(tmpdir(), 'edge-'))
const term = await playTerm(folder, { weeks: Number(values.weeks), seed: Number(values.seed) })
const browser = await launchBrowser()
try {
  await signReview(term, 'IT tries the filter on pupils’ tablets every half-term. Nothing else.')
  const names = await takePapers(term, browser, values.out)
  process.stdout.write(`${names.length} papers of ${term.fromDay} to ${term.toDay}\n`)
} finally {
  await browser.close()
  await term.close()
  rmSync(folder, { recursive: true, force: true })
}
