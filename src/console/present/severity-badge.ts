import { severities } from '../words/severities.ts'
import { plainText } from './plain-text.ts'

/** A badge: its words and its CSS classes. */
export interface Badge {
  readonly text: string
  readonly classes: string
}

const known: ReadonlyMap<string, Badge> = new Map([
  ['critical', { text: severities.critical, classes: 'edge-badge edge-badge--critical' }],
  ['urgent', { text: severities.urgent, classes: 'edge-badge edge-badge--urgent' }],
  ['high', { text: severities.high, classes: 'edge-badge edge-badge--high' }],
  ['medium', { text: severities.medium, classes: 'edge-badge edge-badge--medium' }],
  ['low', { text: severities.low, classes: 'edge-badge edge-badge--low' }],
  ['info', { text: severities.info, classes: 'edge-badge edge-badge--low' }],
  ['none', { text: severities.info, classes: 'edge-badge edge-badge--low' }],
])

/** Most serious first. */
export const SEVERITIES = ['critical', 'urgent', 'high', 'medium', 'low', 'info'] as const

/** The badge of a severity; one we do not know keeps its own word. */
export function severityBadge(severity: string): Badge {
  return (
    known.get(severity) ?? { text: plainText(severity, 20), classes: 'edge-badge edge-badge--low' }
  )
}
