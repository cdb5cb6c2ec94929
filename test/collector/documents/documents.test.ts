/** Documents as they come from the press: real text, letters of names, tables over pages, and a thread that can fail. */
import { execFile } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { EVIDENCE_LIMITS } from '#collector/config/evidence-limits.ts'
import { DocumentPress } from '#collector/documents/document-press.ts'
import { loadTypeface } from '#collector/documents/typeface.ts'
import type { DocumentPlan } from '#console/document-plan.ts'
import { isFailure } from '#domain/failure.ts'
import { makeLog } from '#platform/log.ts'

const run = promisify(execFile)
const PDFTOTEXT = '/usr/bin/pdftotext'
const popplerMissing: string | false = existsSync(PDFTOTEXT)
  ? false
  : 'needs pdftotext: the Debian package `poppler-utils`'
const HOSTILE = '<script>alert(1)</script>{{7*7}} =1+1 (\\) %PDF- endobj >> stream'
const log = makeLog('test', 'silent')

const plan: DocumentPlan = {
  school: 'Northfield Primary School',
  title: 'Yearly review',
  subtitle: 'Zoë Łukasz Şahin Đức Ångström Renée',
  footer: 'Made for a test',
  madeAt: Date.UTC(2026, 2, 5),
  blocks: [
    { kind: 'heading', text: HOSTILE },
    { kind: 'text', text: `Жанна 花子 ${'x'.repeat(300)}` },
    { kind: 'text', tone: 'notice', text: 'Mind this.' },
    { kind: 'facts', facts: [{ key: HOSTILE, value: HOSTILE }] },
    { kind: 'facts', facts: [{ key: 'Long', value: `${'花'.repeat(700)} the end of the fact` }] },
    { kind: 'list', items: ['One', HOSTILE] },
    {
      kind: 'table',
      caption: 'Many',
      heads: ['What', 'How often'],
      rows: Array.from({ length: 120 }, (_, index) => [`Row ${index}`, String(index)]),
      ifEmpty: 'None.',
    },
    {
      kind: 'table',
      caption: 'Tall',
      heads: ['What', 'Detail'],
      rows: [['Row', `${'花'.repeat(700)} the end of the row`]],
      ifEmpty: '',
    },
    { kind: 'table', caption: 'Empty', heads: ['What'], rows: [], ifEmpty: 'There is nothing.' },
    { kind: 'lines', labels: ['Governor'] },
  ],
}

function press(t: Test, limits: Partial<typeof EVIDENCE_LIMITS> = {}): DocumentPress {
  const made = new DocumentPress({ ...EVIDENCE_LIMITS, documentMs: 120_000, ...limits }, log)
  t.teardown(() => made.close())
  return made
}

t.test('every letter of the names stands in it, and what no font has is spelled', async (t) => {
  const made = await press(t).make(plan)
  if (isFailure(made)) return t.fail(made.detail)
  t.equal(Buffer.from(made).toString('latin1', 0, 5), '%PDF-')
  t.ok(made.length < 200_000, `${made.length} bytes`)
  const bytes = Buffer.from(made).toString('latin1')
  t.match(bytes, /\/MarkInfo/, 'it is tagged')
  t.match(bytes, /\/Lang \(en-GB\)/)
  await t.test('as a reader sees it', { skip: popplerMissing }, async (t) => {
    const file = join(t.testdir(), 'made.pdf')
    writeFileSync(file, made)
    const { stdout } = await run(PDFTOTEXT, ['-layout', file, '-'])
    t.match(stdout, 'Zoë Łukasz Şahin Đuc Ångström Renée')
    t.match(
      stdout.replaceAll(/\s+/g, ' '),
      '\\u{416}\\u{430}\\u{43d}\\u{43d}\\u{430} \\u{82b1}\\u{5b50}',
    )
    t.match(stdout, '<script>alert(1)</script>{{7*7}} =1+1 (\\) %PDF- endobj >> stream')
    t.match(stdout, /Mind this\./)
    t.match(stdout, /There is nothing\./)
    const squeezed = stdout.replaceAll(/\s+/g, '')
    t.match(squeezed, 'theendofthefact', 'what is taller than a page goes on')
    t.match(squeezed, 'theendoftherow')
    const kept = squeezed.split('\\u{82b1}').length - 1
    t.ok(kept > 1390, `${kept} of 1401 letters are whole; the others are cut by the foot of a page`)
    for (const row of [0, 60, 119]) t.match(stdout, new RegExp(`Row ${row} +${row}\\b`))
    const pages = stdout.split('\f').filter((page) => page.trim() !== '')
    t.ok(pages.length >= 3, `${pages.length} pages`)
    for (const [index, page] of pages.entries())
      t.match(page, `Page ${index + 1} of ${pages.length}`)
    const heads = pages.filter((page) => /What +How often/.test(page)).length
    t.ok(heads >= 3, `heads stand on ${heads} pages`)
  })
  return t.end()
})

t.test('letters are looked for in the files of the font', async (t) => {
  const has = (letter: string): boolean =>
    loadTypeface().files.some(({ letters }) => letters.has(letter.codePointAt(0) ?? 0))
  for (const letter of 'aZé€ŁşőŽ') t.ok(has(letter), letter)
  for (const letter of 'Ж花😀') t.notOk(has(letter), letter)
})

t.test('who comes while too many wait is refused, and the others get theirs', async (t) => {
  const small = press(t, { documentsWaitingMax: 2 })
  const all = await Promise.all([small.make(plan), small.make(plan), small.make(plan)])
  t.same(
    all.map((one) => (isFailure(one) ? one.failure : 'made')),
    ['made', 'made', 'busy'],
  )
})

t.test('what takes too long is given up, and the next is made by a new thread', async (t) => {
  const slow = press(t, { documentMs: 1 })
  t.match(await slow.make(plan), { failure: 'not-made' })
  const again = press(t, { documentThreadIdleMs: 1 })
  t.notOk(isFailure(await again.make(plan)))
  await new Promise((resolve) => setTimeout(resolve, 50))
  t.notOk(isFailure(await again.make(plan)), 'after its rest')
  await again.close()
  t.match(await again.make(plan), { failure: 'busy' }, 'and nothing once it is closed')
})
