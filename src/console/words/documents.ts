/** What stands on every document, and where one could not be made. */
export const documents = {
  page: 'Page {page} of {pages}',
  notMadeTitle: 'The document could not be made',
  notMadeText:
    'Too many documents are being made, or this one took too long. The same stands on the page itself. Try again in a minute.',
} as const
