import type { EventClient } from '#domain/event.ts'
import { CONFIDENCE_BANDS, confidenceBand, IDENTITY_SOURCES } from '#domain/identity.ts'
import { sourceWords } from './device-words.ts'
import { plainText } from './plain-text.ts'

/** Who asked, for the lead: below `strong` nobody is named, for an alert must not point at a child by a guess. */
export function eventPerson({ user, confidence = 0, source }: EventClient): string {
  if (user === undefined) return 'Not known: nobody was logged on'
  if (confidence < CONFIDENCE_BANDS.strong)
    return 'Not sure enough to name anybody; ask school IT how the device is known'
  const known = IDENTITY_SOURCES.find((one) => one === source)
  const from = known ? `, from ${sourceWords(known)}` : ''
  return `${plainText(user, 80)} (${confidenceBand(confidence)}: ${confidence} %${from})`
}
