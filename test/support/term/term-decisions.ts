/** What the school decides in a term: days are counted from its first. */
interface TermDecision {
  readonly area: 'blocked' | 'allowed' | 'monitoring' | 'people' | 'devices' | 'other'
  readonly title: string
  readonly reason: string
  readonly by: string
  readonly onDay: number
  readonly reviewAfter: number
  readonly amended?: {
    readonly onDay: number
    readonly outcome: 'kept' | 'ended'
    readonly reason: string
  }
}

export const TERM_DECISIONS: readonly TermDecision[] = [
  {
    area: 'blocked',
    title: 'Gambling is blocked for everybody, staff and visitors included',
    reason: 'Two families asked; the risk assessment of January names it.',
    by: 'Senior leaders',
    onDay: 1,
    reviewAfter: 190,
  },
  {
    area: 'allowed',
    title: 'The sixth form may use AI assistants in lessons',
    reason: 'Computer science and art need them. Staff are trained; the age terms are kept.',
    by: 'Cleo Head with the governors’ safeguarding link',
    onDay: 2,
    // Overdue before the third week is over.
    reviewAfter: 12,
  },
  {
    area: 'monitoring',
    title: 'Out of hours nobody watches; what comes then is seen at 08:30',
    reason: 'Said to parents in the newsletter and in the acceptable use policy.',
    by: 'Ada Lead',
    onDay: 3,
    reviewAfter: 120,
    amended: { onDay: 15, outcome: 'kept', reason: 'Looked at after the evening of 22 January.' },
  },
  {
    area: 'devices',
    title: 'Pupils’ own phones are not on the school’s Wi-Fi',
    reason: 'They would not be recognised.',
    by: 'Eve Technician, for senior leaders',
    onDay: 4,
    reviewAfter: 30,
    amended: { onDay: 16, outcome: 'ended', reason: 'The sixth form has a network of its own.' },
  },
]
