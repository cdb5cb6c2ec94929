import type { BypassGrade } from '#domain/bypass-event.ts'
import type { ConfidenceBand, IdentitySource } from '#domain/identity.ts'
import { fill } from '../words/fill.ts'
import { goesRound } from '../words/goes-round.ts'
import { known } from '../words/known.ts'
import { severities } from '../words/severities.ts'
import { plainText } from './plain-text.ts'
import type { Badge } from './severity-badge.ts'

const bandClasses: Readonly<Record<ConfidenceBand, string>> = {
  certain: 'edge-badge edge-badge--good',
  strong: 'edge-badge edge-badge--good',
  fair: 'edge-badge edge-badge--medium',
  weak: 'edge-badge edge-badge--low',
  none: 'edge-badge edge-badge--low',
}

const grades: Readonly<Record<BypassGrade, Badge>> = {
  low: { text: severities.low, classes: 'edge-badge edge-badge--low' },
  medium: { text: severities.medium, classes: 'edge-badge edge-badge--high' },
  high: { text: severities.high, classes: 'edge-badge edge-badge--critical' },
}

const ways: ReadonlyMap<string, string> = new Map(Object.entries(goesRound.ways))

/** Best first. */
export const BANDS: readonly ConfidenceBand[] = ['certain', 'strong', 'fair', 'weak', 'none']

export function bandBadge(band: ConfidenceBand): Badge {
  return { text: known.bands[band].badge, classes: bandClasses[band] }
}

/** The same inside a sentence. */
export function bandWithin(band: ConfidenceBand): string {
  return known.bands[band].within
}

/** Completes "it is known who uses this device: ...". */
export function bandMeaning(band: ConfidenceBand): string {
  return known.bands[band].meaning
}

/** Completes "known from ...". */
export function sourceWords(source: IdentitySource): string {
  return known.sources[source]
}

export function gradeBadge(grade: BypassGrade): Badge {
  return grades[grade]
}

/** A way round the filter as a sentence; one that we do not know keeps its own word. */
export function wayWords(way: string): string {
  return ways.get(way) ?? fill(goesRound.otherWay, { way: plainText(way, 60) })
}
