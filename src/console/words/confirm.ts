/** Where the link of a test message leads. */
export const confirm = {
  title: 'Test of alerts',
  text: 'You were sent a test message. Nothing has happened. Please confirm that it came to you.',
  button: 'The message came to me',
  thanks: 'Thank you',
  thanksText: 'It is noted that the test message came to you. You can close this page.',
} as const
