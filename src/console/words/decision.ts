export const decision = {
  title: 'A decision',
  all: 'All decisions',
  newTitle: 'Write down a decision',
  newHint: 'Once it is kept it cannot be changed; a review adds to it.',
  keep: 'Keep this decision',
  amend: 'What a review came to',
  keepAmendment: 'Add this',
  since: 'Since then',
  nothingSince: 'Nothing was added.',
} as const
