/** What pages about boxes share. */
export const boxes = {
  label: 'Boxes',
  asReported: 'As the box reported {when}',
  asTold: '{box}, as told {when}',
  nothing: 'Nothing is known yet',
  /** Why a box did not do what it was asked. */
  strangeAnswer: 'it answered something else',
} as const
