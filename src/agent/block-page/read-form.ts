import type { IncomingMessage } from 'node:http'
import type { AskedFor } from './page-facts.ts'
import { PAGE_LIMITS } from './page-limits.ts'
import type { FormProblem, FormValues } from './render-form.ts'

/** A form as it came: hostile text. */
export interface SentForm {
  readonly token: string
  readonly values: FormValues
}

/** Reads the body of a form; undefined when it is none or too long. Rejects when the connection breaks. */
export async function readForm(request: IncomingMessage): Promise<SentForm | undefined> {
  const type = request.headers['content-type'] ?? ''
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(type)) return undefined
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of request.iterator({ destroyOnReturn: false })) {
    if (!Buffer.isBuffer(part)) continue
    bytes += part.length
    if (bytes > PAGE_LIMITS.formBytes) return undefined
    parts.push(part)
  }
  const form = new URLSearchParams(Buffer.concat(parts).toString('utf8'))
  const one = (key: string): string => form.get(key) ?? ''
  return {
    token: one('token'),
    values: { why: one('why'), lesson: one('lesson'), minutes: one('minutes') },
  }
}

/** What a form asks for, or what is wrong with it; only staff say class and duration. */
export function readValues(values: FormValues, isStaff: boolean): AskedFor | FormProblem {
  const why = plainText(values.why)
  if (why.length < 3) return 'why-missing'
  if (why.length > PAGE_LIMITS.whyChars) return 'too-long'
  if (!isStaff) return { why }
  const lesson = plainText(values.lesson).slice(0, PAGE_LIMITS.lessonChars)
  const given = values.minutes.trim()
  const minutes = Number(given)
  const isGood = /^\d{1,3}$/.test(given) && minutes >= 1 && minutes <= PAGE_LIMITS.minutes
  if (given !== '' && !isGood) return 'minutes-wrong'
  return { why, ...(lesson === '' ? {} : { lesson }), ...(given === '' ? {} : { minutes }) }
}

/** One line: whatever breaks lines or cannot be seen becomes a blank. */
function plainText(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu, ' ').trim()
}
