import { z } from 'zod'
import { parseAddress } from '#domain/ip-address.ts'
import { nearestWord } from './nearest-word.ts'

/** What one scalar of the file may be, said to the person who wrote another. */
interface Refusal {
  readonly allowed: string
  readonly hint?: string
}

/** The outcome of reading one scalar. */
export type Reading<T> = { readonly value: T } | Refusal

/** An issue's message is what would have been allowed; a hint travels beside it. */
export function field<T>(read: (found: unknown) => Reading<T>): z.ZodType<T> {
  return z.unknown().transform((found, context) => {
    const reading = read(found)
    if ('value' in reading) return reading.value
    const { allowed, hint = '' } = reading
    context.addIssue({ code: 'custom', message: allowed, params: { hint } })
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

/** A block whose keys are names that the file chooses; but for one, which would be left out without a word. */
export function mapOf<T>(item: z.ZodType<T>, what: string): z.ZodType<Readonly<Record<string, T>>> {
  const given = z.unknown().superRefine((found, context) => {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, NO_KEY)) return
    context.addIssue({ code: 'custom', message: `another name than ${NO_KEY}`, path: [NO_KEY] })
  })
  return given.pipe(z.record(z.string(), item, { error: () => `a block of ${what}` }))
}

const NO_KEY = '__proto__'

/** One line of text, not empty, without control characters. */
export function text(what: string, charsMax: number): z.ZodType<string> {
  const allowed = `${what}: one line of at most ${charsMax} characters`
  return field((found) => {
    if (typeof found === 'number' || typeof found === 'boolean')
      return { allowed, hint: 'put it in quotes' }
    if (typeof found !== 'string' || found.trim() === '' || found.length > charsMax)
      return { allowed }
    // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
    return /[\u0000-\u001f\u007f-\u009f]/.test(found) ? { allowed } : { value: found.trim() }
  })
}

/** A short name that may become a label: lower-case letters, digits and hyphens. */
export function shortName(what: string): z.ZodType<string> {
  return field((found) => {
    if (typeof found === 'string' && SHORT_NAME.test(found)) return { value: found }
    return { allowed: `${what}: ${SHORT_NAME_ALLOWED}` }
  })
}
export const SHORT_NAME: RegExp = /^[a-z0-9][a-z0-9-]{0,31}$/
export const SHORT_NAME_ALLOWED = 'lower-case letters, digits and hyphens, at most 32'

/** One of a few words. */
export function choice<const Word extends string>(words: readonly Word[]): z.ZodType<Word> {
  const allowed = words.join(', ')
  return field((found) => {
    const word = words.find((one) => one === found)
    if (word !== undefined) return { value: word }
    const near = typeof found === 'string' ? nearestWord(found, words) : undefined
    return near === undefined ? { allowed } : { allowed, hint: `did you mean ${near}?` }
  })
}

/** `true` or `false`; YAML 1.2 has no yes and no. */
export function flag(): z.ZodType<boolean> {
  return field((found) =>
    typeof found === 'boolean' ? { value: found } : { allowed: 'true, false' },
  )
}

/** A whole number from `min` to `max`. */
export function integer(min: number, max: number): z.ZodType<number> {
  return field((found) => {
    const isGood = typeof found === 'number' && Number.isInteger(found)
    if (isGood && found >= min && found <= max) return { value: found }
    return { allowed: `a whole number from ${min} to ${max}` }
  })
}

/** An IPv4 or IPv6 address, as written; a zone (`%eth0`) may follow. */
export function address(): z.ZodType<string> {
  return field((found) => {
    const isGood = typeof found === 'string' && found.length <= 64 && parseAddress(found)
    if (isGood) return { value: found }
    return { allowed: 'an IPv4 or IPv6 address', hint: 'a name cannot stand here' }
  })
}
