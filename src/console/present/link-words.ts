import type { LinkCause, LinkState } from '#domain/event.ts'
import { line as words } from '../words/line.ts'
import type { Badge } from './severity-badge.ts'

/** What the console says of a box: the box's own view of its line, or that nothing is heard. */
export type ShownState = LinkState | 'silent' | 'never'

const badges: Readonly<Record<ShownState, Badge>> = {
  up: { text: words.badges.up, classes: 'edge-badge edge-badge--good' },
  degraded: { text: words.badges.degraded, classes: 'edge-badge edge-badge--high' },
  down: { text: words.badges.down, classes: 'edge-badge edge-badge--critical' },
  unknown: { text: words.badges.unknown, classes: 'edge-badge edge-badge--low' },
  silent: { text: words.badges.silent, classes: 'edge-badge edge-badge--critical' },
  never: { text: words.badges.never, classes: 'edge-badge edge-badge--low' },
}

/** The badge of a state. */
export function stateBadge(state: ShownState): Badge {
  return badges[state]
}

/** A state and its cause in one plain sentence. */
export function linkSentence(state: LinkState, cause: LinkCause): string {
  return state === 'up' || state === 'unknown' ? words[state] : words[state][cause]
}
