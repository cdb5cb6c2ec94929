/** Fields that only stories have. */
import type { z } from 'zod'
import { field } from '#agent/policy/fields.ts'
import { parseMinute, WEEKDAYS } from '#rules/calendar.ts'
import { parseDomainName } from '#rules/domain-name.ts'
import { isRuleFailure } from '#rules/rule-failure.ts'
import { dayOfWeek, instantOf, WEEKS_MAX } from '../school/school-year.ts'

const SECOND_MS = 1000
const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ['s', SECOND_MS],
  ['m', 60 * SECOND_MS],
  ['h', 3600 * SECOND_MS],
  ['d', 86_400 * SECOND_MS],
])
const WHEN = /^week (\d{1,2}) ([a-z]+) (\d\d:\d\d)(?::(\d\d))?$/
const WHEN_ALLOWED = `a time such as week 3 tuesday 10:20 or week 3 tuesday 10:20:30, weeks 1 to ${WEEKS_MAX}`

/** `week 3 tuesday 10:20` of the ten weeks, as milliseconds since the epoch. */
export function whenField(): z.ZodType<number> {
  return field((found) => {
    const [, week, weekday = '', time = '', seconds = '0'] =
      typeof found === 'string' ? (WHEN.exec(found) ?? []) : []
    const day = WEEKDAYS.findIndex((one) => one === weekday)
    const minute = parseMinute(time)
    if (week === undefined || day < 0 || minute === undefined || Number(seconds) > 59)
      return { allowed: WHEN_ALLOWED }
    if (Number(week) < 1 || Number(week) > WEEKS_MAX) return { allowed: WHEN_ALLOWED }
    const atMs = instantOf(dayOfWeek(Number(week), day), minute)
    return { value: atMs + Number(seconds) * SECOND_MS }
  })
}

/** A time such as 40s, 5m, 2h or 1d, in milliseconds. */
export function gapField(maxMs: number): z.ZodType<number> {
  return field((found) => {
    const [, count = '', unit = ''] =
      typeof found === 'string' ? (/^(\d{1,5})([smhd])$/.exec(found) ?? []) : []
    const ms = Number(count) * (UNIT_MS.get(unit) ?? Number.NaN)
    if (ms >= SECOND_MS && ms <= maxMs) return { value: ms }
    return { allowed: `a time such as 40s, 5m or 2h, at most ${maxMs / 86_400_000} days` }
  })
}

const SITE_ALLOWED = 'a name that ends in .test, lower case, such as dark-poems.test'

/** A name that can be nobody's (RFC 6761). */
export function siteName(found: unknown): string | undefined {
  if (typeof found !== 'string' || !/^[a-z0-9-]+(\.[a-z0-9-]+)*\.test$/.test(found))
    return undefined
  const name = parseDomainName(found)
  return isRuleFailure(name) ? undefined : name
}

export function siteField(): z.ZodType<string> {
  return field((found) => {
    const name = siteName(found)
    return name === undefined
      ? { allowed: SITE_ALLOWED, hint: 'stories name no real site' }
      : { value: name }
  })
}
export { SITE_ALLOWED }

const DECIDED = /^([a-z0-9][a-z0-9-]{0,31})(?: (\d{1,3}))?$/

/** `step` or `step 3`: the third time of it; without a number the last. */
export function decidedByField(): z.ZodType<{ step: string; time: number | undefined }> {
  return field((found) => {
    const [, step, time] = typeof found === 'string' ? (DECIDED.exec(found) ?? []) : []
    if (step === undefined)
      return { allowed: 'the id of a step, or id and number such as looks-again 3' }
    return { value: { step, time: time === undefined ? undefined : Number(time) } }
  })
}
