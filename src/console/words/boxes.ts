/** What pages about boxes share. */
export const boxes = {
  label: 'Boxes',
  asReported: 'As the box reported {when}',
  asTold: '{box}, as told {when}',
  nothing: 'Nothing is known yet',
} as const
