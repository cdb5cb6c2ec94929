import { z } from 'zod'
import {
  DAY_MS,
  MINUTES_PER_DAY,
  parseDay,
  parseMinute,
  WEEKDAYS,
  type Weekday,
} from '#rules/calendar.ts'
import { type Zone, zoneOf } from '#rules/zone.ts'
import type { DayTimes, WeeklyTime } from './notify-settings.ts'

/** One value of the file: whoever reads it undefined is told `allowed`, which is the issue's message. */
export function scalar<T>(allowed: string, read: (text: string) => T | undefined): z.ZodType<T> {
  return z.unknown().transform((found, context) => {
    const value = typeof found === 'string' ? read(found) : undefined
    if (value !== undefined) return value
    context.addIssue({ code: 'custom', message: allowed })
    return z.NEVER
  })
}

/** A block with these keys and no others. */
export function block<Shape extends z.ZodRawShape>(
  shape: Shape,
): z.ZodObject<Shape, z.core.$strict> {
  const keys = Object.keys(shape).join(', ')
  return z.strictObject(shape, {
    error: ({ code }) => (code === 'unrecognized_keys' ? keys : `a block with ${keys}`),
  })
}

/** A list of at most `max` things. */
export function listOf<T>(item: z.ZodType<T>, what: string, max: number): z.ZodType<readonly T[]> {
  const allowed = `a list of ${what}, at most ${max}`
  return z.array(item, { error: () => allowed }).max(max, { error: () => allowed })
}

/** One of a few words. */
export function choice<const Word extends string>(words: readonly Word[]): z.ZodType<Word> {
  return scalar(words.join(', '), (text) => words.find((word) => word === text))
}

/** One line without control characters. */
export function line(what: string, charsMax: number): z.ZodType<string> {
  return scalar(`${what}: one line of at most ${charsMax} characters`, (text) =>
    // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
    text.trim() === '' || text.length > charsMax || /[\u0000-\u001f\u007f-\u009f]/.test(text)
      ? undefined
      : text.trim(),
  )
}

/** A short name by which another part of the file means somebody. */
export function shortName(): z.ZodType<string> {
  return scalar('lower-case letters, digits and hyphens, at most 32', (text) =>
    /^[a-z0-9][a-z0-9-]{0,31}$/.test(text) ? text : undefined,
  )
}

export function day(): z.ZodType<number> {
  return scalar('a date such as 2026-12-19', parseDay)
}

/** Times such as 07:45-16:30. With `mayPassMidnight` also 22:00-07:00. */
export function times(mayPassMidnight: boolean): z.ZodType<DayTimes> {
  const allowed = mayPassMidnight
    ? 'times such as 16:30-22:00, or 22:00-07:00 into the next day'
    : 'times such as 07:45-16:30, the first before the second'
  return scalar(allowed, (text) => {
    const [, first = '', second = ''] = /^(\d\d:\d\d)-(\d\d:\d\d)$/.exec(text) ?? []
    const from = parseMinute(first)
    const to = parseMinute(second)
    if (from === undefined || to === undefined || from === MINUTES_PER_DAY) return undefined
    return from < to || (mayPassMidnight && from !== to) ? { from, to } : undefined
  })
}

export function weekdays(): z.ZodType<readonly Weekday[]> {
  return listOf(choice(WEEKDAYS), 'days of the week', WEEKDAYS.length)
}

/** Seven, Monday first. */
export function flagsOf(days: readonly Weekday[]): readonly boolean[] {
  return WEEKDAYS.map((one) => days.includes(one))
}

/** A day and a time such as `monday 07:00`. */
export function weeklyTime(): z.ZodType<WeeklyTime> {
  return scalar('a day and a time such as monday 07:00', (text) => {
    const [dayName = '', time = '', ...rest] = text.split(' ')
    const weekday = WEEKDAYS.findIndex((one) => one === dayName)
    const minute = parseMinute(time)
    const isGood = weekday >= 0 && minute !== undefined && minute < MINUTES_PER_DAY
    return isGood && rest.length === 0 ? { weekday, minute } : undefined
  })
}

export function zone(): z.ZodType<Zone> {
  return scalar('a time zone such as Europe/London', (text) =>
    text.length <= 64 ? zoneOf(text) : undefined,
  )
}

/** A time such as 15m or 1h in milliseconds, up to `maxMs`; seconds are for trying it out. */
export function patience(maxMs: number, maxText: string): z.ZodType<number> {
  return scalar(`a time such as 90s, 15m or 1h, at most ${maxText}`, (text) => {
    const [, count = '', unit = ''] = /^(\d{1,4})([smh])$/.exec(text) ?? []
    const ms = Number(count) * (UNIT_MS.get(unit) ?? Number.NaN)
    return ms >= 1000 && ms <= Math.min(maxMs, DAY_MS) ? ms : undefined
  })
}
const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
])

/** An address on the web without a user in it; `https:` unless `mayBePlain`. */
export function webAddress(mayBePlain = false): z.ZodType<string> {
  const allowed = mayBePlain ? 'an https:// or http:// address' : 'an https:// address'
  return scalar(allowed, (text) => {
    const url = text.length <= 2048 ? URL.parse(text) : null
    const isGood = url?.protocol === 'https:' || (mayBePlain && url?.protocol === 'http:')
    return url && isGood && url.username === '' && url.password === '' ? url.href : undefined
  })
}

/** A mailbox; no display name, so that nothing but the address can stand in a header. */
export function mailbox(): z.ZodType<string> {
  return scalar('an e-mail address such as dsl@example.org', (text) =>
    /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/.test(
      text,
    )
      ? text
      : undefined,
  )
}

export function phoneNumber(): z.ZodType<string> {
  return scalar('a number with its country, in quotes, such as "+447700900123"', (text) => {
    const plain = text.replaceAll(/[ ()-]/g, '')
    return /^\+[1-9]\d{6,14}$/.test(plain) ? plain : undefined
  })
}
