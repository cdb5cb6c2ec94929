export const check = {
  title: 'A check of the filter',
  all: 'All checks',
  whatToDo: 'What to do:',
  followUp: 'What was done about it',
  keepFollowUp: 'Keep this',
  since: 'Since then',
  nothingSince: 'Nothing was added.',
} as const
