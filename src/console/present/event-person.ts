import type { EventClient } from '#domain/event.ts'
import { CONFIDENCE_BANDS, confidenceBand, IDENTITY_SOURCES } from '#domain/identity.ts'
import { event } from '../words/event.ts'
import { fill } from '../words/fill.ts'
import { bandWithin, sourceWords } from './device-words.ts'
import { plainText } from './plain-text.ts'

/** Who asked, for the lead: below `strong` nobody is named, for an alert must not point at a child by a guess. */
export function eventPerson({ user, confidence = 0, source }: EventClient): string {
  const words = event.person
  if (user === undefined) return words.unknown
  if (confidence < CONFIDENCE_BANDS.strong) return words.unsure
  const known = IDENTITY_SOURCES.find((one) => one === source)
  const band = bandWithin(confidenceBand(confidence))
  const values = { name: plainText(user, 80), band, confidence }
  return known
    ? fill(words.knownFrom, { ...values, source: sourceWords(known) })
    : fill(words.known, values)
}
