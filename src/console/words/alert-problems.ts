/** Why a form about an alert or a theme was refused; with a capital on the page. */
export const alertProblems = {
  missing: 'this is missing: {what}',
  assigneeMissing: 'to whom it is assigned is missing',
  noOtherAlert: 'there is no such other alert',
} as const
