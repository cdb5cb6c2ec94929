import type { z } from 'zod'
import { type Complaint, type ConfigPath, complaint, keyComplaint } from './complaint.ts'
import { nearestWord } from './nearest-word.ts'

/** What a schema found wrong, as complaints about the file; `place` is where the schema was applied. */
export function fromIssue(issue: z.core.$ZodIssue, place: ConfigPath): readonly Complaint[] {
  const path: ConfigPath = [
    ...place,
    ...issue.path.map((part) => (typeof part === 'number' ? part : String(part))),
  ]
  if (issue.code === 'unrecognized_keys') {
    const known = issue.message.split(', ')
    return issue.keys.map((key) => unknownKey([...path, key], known))
  }
  const hint: unknown = issue.code === 'custom' ? issue.params?.['hint'] : ''
  return [complaint(path, issue.message, typeof hint === 'string' ? hint : '')]
}

/** The first complaint about each place: what follows from a fault is not told beside it. */
export function onePerPlace(complaints: readonly Complaint[]): readonly Complaint[] {
  const places = new Set<string>()
  return complaints.filter(({ path, isKey }) => {
    const place = JSON.stringify([path, isKey])
    return places.size < places.add(place).size
  })
}

/** A key that nobody knows, and what may have been meant. */
export function unknownKey(path: ConfigPath, known: readonly string[]): Complaint {
  const near = nearestWord(String(path.at(-1)), known)
  const hint = near === undefined ? 'unknown key' : `unknown key, did you mean ${near}?`
  return keyComplaint(path, known.join(', '), hint)
}
