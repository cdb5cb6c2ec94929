/** What is wrong with a field of a form: quoting what was written, and saying what to do. */
export const problems = {
  tooLong: '“{text}” is {count} characters long: write at most {max}',
  noAnswer: '“{text}” is not among the answers: choose one of them',
  noDay: '“{text}” is not a day: write it as 2026-09-30',
  tooEarly: '“{text}” is too early: {advice}',
  tooLate: '“{text}” is too late: {advice}',
} as const
