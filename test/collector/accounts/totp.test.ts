import t from 'tap'
import { shownSecret, stepOfCode, totpAddress, totpCode } from '#collector/accounts/totp.ts'

const SECRET = Buffer.from('12345678901234567890')

t.test('codes are those of RFC 6238, appendix B, in six digits', (t) => {
  for (const [seconds, code] of [
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ] as const)
    t.equal(totpCode(SECRET, seconds * 1000), code, String(seconds))
  t.equal(shownSecret(SECRET), 'GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ')
  t.equal(
    totpAddress(SECRET, 'a&b@school.test'),
    'otpauth://totp/SuperCloud%20Edge%3Aa%26b%40school.test?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=SuperCloud%20Edge',
  )
  t.end()
})

t.test('one step to either side is taken, a used one or one before it never', (t) => {
  const nowMs = 1_234_567_890_000
  const step = Math.floor(nowMs / 30_000)
  for (const [offset, found] of [
    [-2, undefined],
    [-1, step - 1],
    [0, step],
    [1, step + 1],
    [2, undefined],
  ] as const) {
    const typed = totpCode(SECRET, nowMs + offset * 30_000)
    t.equal(stepOfCode(typed, SECRET, { nowMs, usedStep: 0 }), found, `step ${offset}`)
    t.equal(stepOfCode(typed, SECRET, { nowMs, usedStep: step + 1 }), undefined, 'used')
  }
  const now = totpCode(SECRET, nowMs)
  t.equal(stepOfCode(` ${now.slice(0, 3)} ${now.slice(3)} `, SECRET, { nowMs, usedStep: 0 }), step)
  for (const typed of ['', '0', now.slice(1), `${now}0`, `0${now}`, '٠٠٥٩٢٤', 'x'.repeat(300)])
    t.equal(stepOfCode(typed, SECRET, { nowMs, usedStep: 0 }), undefined, typed.slice(0, 10))
  t.end()
})
