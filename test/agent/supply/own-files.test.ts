/** A school's own files: its own decision, but a failed copy is not one. */
import { rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { showList } from '#agent/supply/list-report.ts'
import { namesText } from '#test/support/list-server.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import { fillUp, smallDisk, smallDiskMissing } from '#test/support/small-disk.ts'
import { makeBox, makeList } from './supply-support.ts'

function started(t: Test) {
  const folder = shortFolder(t)
  const path = join(folder, 'games.txt')
  const box = makeBox(join(folder, 'state'), { namesPort: 9, caFile: '' })
  const list = makeList({ path })
  return { path, box, list, write: (text: string) => writeFileSync(path, text) }
}

t.test(
  'a file that was cut in half, emptied, overwritten or removed leaves its last good version',
  async (t) => {
    const { box, list, path, write } = started(t)
    const good = `${namesText(100)}www.gov.uk\n`
    t.match(await box.take(list), {
      record: { fault: { trouble: 'unreadable', detail: /there is no/ } },
    })
    write(good)
    t.match(await box.take(list), {
      result: 'updated',
      record: { good: { names: 101, guards: ['www.gov.uk'] } },
    })
    for (const [what, text, result, told] of [
      ['half', good.slice(0, good.length / 2), 'held', /fewer/],
      ['emptied', '', 'refused', /empty/],
      ['a web page', '<!doctype html>', 'refused', /web page/],
    ] as const) {
      write(text)
      const done = await box.take(list)
      t.match(done, { result, record: { fault: { detail: told } } }, what)
      t.equal(box.inForce(), good, what)
    }
    rmSync(path)
    t.match(await box.take(list), {
      result: 'failed',
      record: { fault: { trouble: 'unreadable' } },
    })
    t.equal(box.inForce(), good)
    write(good)
    utimesSync(path, 1, 1)
    t.match(await box.take(list), { result: 'unchanged' })
    t.notOk(box.record()?.fault)
  },
)

t.test(
  'it may grow, may shrink when a person says so, and a short one may change as it likes',
  async (t) => {
    const { box, list, write } = started(t)
    write(namesText(5))
    t.match(await box.take(list), { result: 'updated' })
    write(namesText(1))
    t.match(await box.take(list), { result: 'updated' }, 'somebody has edited it')
    write(namesText(100))
    t.match(await box.take(list), { result: 'updated' }, 'grown a hundredfold')
    write(namesText(60))
    t.match(await box.take(list), { result: 'held', record: { good: { names: 100 } } })
    t.match(await box.take(list, 'accept'), { result: 'updated', record: { good: { names: 60 } } })
    t.equal(box.inForce(), namesText(60))
  },
)

t.test('as many refused lines are kept as the limit says, and all are counted', async (t) => {
  const folder = shortFolder(t)
  const path = join(folder, 'games.txt')
  writeFileSync(path, `good.test\n${'192.0.2.1\n'.repeat(150)}`)
  for (const [limits, kept] of [
    [{}, 100],
    [{ 'refused-lines-kept': 7 }, 7],
    [{ 'refused-lines-kept': 120 }, 120],
  ] as const) {
    const box = makeBox(join(folder, `state${kept}`), { namesPort: 9, caFile: '', limits })
    const list = makeList({ path })
    const { record } = await box.take(list)
    t.equal(record.good?.refusedLines, 150)
    t.equal(record.good?.refused.length, kept)
    t.equal(box.record()?.good?.refused.at(-1)?.line, kept + 1, 'over a restart too')
    const told = (refusedMax: number) =>
      showList(list, record, { wallMs: 0, nextAt: undefined, refusedMax }).inForce?.refused.length
    t.equal(told(1_000), kept)
    t.equal(told(3), 3)
  }
})

t.test('what waits for a word goes when the file is another, or gone', async (t) => {
  const { box, list, path, write } = started(t)
  write(namesText(100))
  await box.take(list)
  for (const [what, spoil] of [
    ['a web page', () => write('<html>')],
    ['empty', () => write('')],
    ['gone', () => rmSync(path)],
  ] as const) {
    write(namesText(50))
    t.match(await box.take(list), { result: 'held', record: { held: { names: 50 } } }, what)
    spoil()
    await box.take(list)
    t.notOk(box.record()?.held, what)
    t.match(await box.take(list, 'accept'), { record: { good: { names: 100 } } }, what)
  }
})

t.test('what is no file is not read', async (t) => {
  const { box } = started(t)
  t.match(await box.take(makeList({ path: '/dev/zero' })), {
    record: { fault: { trouble: 'unreadable', detail: /neither a file nor a folder/ } },
  })
  const folder = shortFolder(t)
  t.match(await box.take(makeList({ path: folder })), {
    result: 'failed',
    record: { fault: { trouble: 'unreadable', detail: `${folder} is a folder and no file` } },
  })
})

t.test('a full disk leaves things as they were', { skip: smallDiskMissing }, async (t) => {
  const disk = smallDisk(t)
  const path = join(shortFolder(t), 'games.txt')
  const box = makeBox(disk, { namesPort: 9, caFile: '' })
  const list = makeList({ path })
  writeFileSync(path, namesText(100))
  t.match(await box.take(list), { result: 'updated' })
  fillUp(join(disk, 'filler'))
  writeFileSync(path, namesText(120))
  t.match(await box.take(list), { result: 'failed', record: { fault: { trouble: 'internal' } } })
  t.equal(box.inForce(), namesText(100))
  rmSync(join(disk, 'filler'))
  t.match(await box.take(list), { result: 'updated', record: { good: { names: 120 } } })
})
