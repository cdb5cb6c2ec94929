import type { LinkCause, LinkState } from '#domain/event.ts'
import type { Badge } from './severity-badge.ts'

/** What the console says of a box: the box's own view of its line, or that nothing is heard. */
export type ShownState = LinkState | 'silent' | 'never'

const badges: Readonly<Record<ShownState, Badge>> = {
  up: { text: 'Working', classes: 'edge-badge edge-badge--good' },
  degraded: { text: 'Degraded', classes: 'edge-badge edge-badge--high' },
  down: { text: 'Down', classes: 'edge-badge edge-badge--critical' },
  unknown: { text: 'Not known', classes: 'edge-badge edge-badge--low' },
  silent: { text: 'Not heard from', classes: 'edge-badge edge-badge--critical' },
  never: { text: 'Never heard', classes: 'edge-badge edge-badge--low' },
}

const bad: Readonly<Record<'degraded' | 'down', Readonly<Record<LinkCause, string>>>> = {
  degraded: {
    none: 'The internet line is slow or loses data.',
    line: 'The internet line is slow or loses data.',
    upstream: 'The line seems to work, but the DNS servers it asks are slow or fail at times.',
    agent: 'The filter itself is struggling; the line is not at fault.',
  },
  down: {
    none: 'The school cannot reach the internet.',
    line: 'The internet line is down.',
    upstream: 'The line seems to work, but no DNS server beyond it answers.',
    agent: 'The filter itself has failed; the line is not at fault.',
  },
}

/** The badge of a state. */
export function stateBadge(state: ShownState): Badge {
  return badges[state]
}

/** A state and its cause in one plain sentence. */
export function linkSentence(state: LinkState, cause: LinkCause): string {
  if (state === 'up') return 'The internet line works and answers come.'
  if (state === 'unknown') return 'The box has not measured its line yet.'
  return bad[state][cause]
}
