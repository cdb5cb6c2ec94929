/** What a page says that cannot be shown. */
export const fault = {
  home: 'Go to the first page',
  notFound: {
    title: 'Page not found',
    text: 'There is nothing at this address. It may have been mistyped, or what stood here is gone.',
  },
  refused: {
    title: 'Not for your role',
    text: 'What stands at this address is for other roles than yours. If you need it, ask your safeguarding lead or the head.',
  },
  /** Of an alert: nobody learns from it whether there is one. */
  alertNotShown: {
    title: 'This alert is not shown to you',
    text: 'It is for somebody else to look after, or there is no such alert any more. You need not do anything. If a message or a colleague sent you here, tell your safeguarding lead or the head.',
  },
  wrongAddress: {
    title: 'Wrong address',
    text: 'This console is not known under the name you used.',
  },
  otherSite: {
    title: 'Not allowed',
    text: 'This request came from another site.',
  },
  notUnderstood: {
    title: 'Request not understood',
    text: 'What your browser sent cannot be used here. Go back and try again.',
  },
  /** To a form whose session is over. */
  signedOut: {
    title: 'You are signed out',
    text: 'Your session had ended, so nothing was changed and nothing of the form was kept. Sign in, then fill it in again.',
  },
  /** To a script whose session is over. */
  signInFirst: 'sign in first',
  failed: {
    title: 'Sorry, something went wrong',
    text: 'The page could not be made. Boxes go on filtering and keep what they notice. Try again in a minute.',
  },
} as const
