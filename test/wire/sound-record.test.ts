import t from 'tap'
import { isSoundData, ownerEnd } from '#wire/sound-record.ts'

/** Two names that RDATA may point to: `test` at 0, `a.test` at 6. */
const BEFORE = Buffer.from('\x04test\0\x01a\xc0\0', 'latin1')

interface DataCase {
  readonly type: number
  readonly name: string
  readonly sound: readonly string[]
  readonly unsound: readonly string[]
}

const NUMBERS = '00'.repeat(20)

const CASES: readonly DataCase[] = [
  { type: 1, name: 'A', sound: ['c0000201'], unsound: ['', 'c00002', 'c000020100'] },
  { type: 28, name: 'AAAA', sound: ['20'.repeat(16)], unsound: ['', 'c0000201'] },
  {
    type: 5,
    name: 'CNAME',
    sound: ['c000', 'c006', '0162c006', '00'],
    unsound: ['', 'c0', 'c00a', 'c0ff', '0161', '01616100', 'c00000', '40610000'],
  },
  { type: 15, name: 'MX', sound: ['0001c000'], unsound: ['c000', '00', '0001c00c'] },
  { type: 33, name: 'SRV', sound: ['000100020003c000'], unsound: ['0001c000', '000100020003'] },
  {
    type: 6,
    name: 'SOA',
    sound: [`c000c006${NUMBERS}`, `0000${NUMBERS}`],
    unsound: ['', NUMBERS, `c000${NUMBERS}`, `c000c006${NUMBERS}00`, 'c000c006'],
  },
  {
    type: 65,
    name: 'HTTPS',
    sound: ['000100', '000100000100026832', '00000162c000'],
    unsound: ['', '0001', '00010361', '0001c00c'],
  },
  { type: 14, name: 'MINFO', sound: ['c000c006', '0000'], unsound: ['c000', 'c000c00600'] },
  { type: 16, name: 'TXT', sound: ['', '0161', 'ffff'], unsound: [] },
  { type: 65_400, name: 'an unknown type', sound: ['', 'c0ff'], unsound: [] },
]

for (const { type, name, sound, unsound } of CASES)
  t.test(`${name} is told from what only says so`, async (t) => {
    const judge = (hex: string): boolean => {
      const message = Buffer.concat([BEFORE, Buffer.from(hex, 'hex')])
      return isSoundData(message, type, BEFORE.length, message.length)
    }
    for (const hex of sound) t.ok(judge(hex), `sound: ${hex}`)
    for (const hex of unsound) t.notOk(judge(hex), `unsound: ${hex}`)
  })

t.test('an owner name ends where the client will say it does, or nowhere', async (t) => {
  const end = (hex: string): number =>
    ownerEnd(Buffer.concat([BEFORE, Buffer.from(hex, 'hex')]), BEFORE.length)
  t.equal(end('c006ffff'), BEFORE.length + 2)
  t.equal(end('0162c000'), BEFORE.length + 4)
  t.equal(end('00'), BEFORE.length + 1)
  for (const hex of ['', 'c0', 'c00a', '0162', '80', '016201620162c00a']) t.equal(end(hex), -1, hex)
})
