export const handOver = {
  title: 'Hand this case over',
  back: 'Back to the alert',
  hint: 'For CPOMS, MyConcern or the school’s own record. It may name a pupil: once it is out of this console, nobody here knows where it goes. That you took it is on record.',
  asDocument: 'Take it as a document (PDF)',
  asTable: 'Take it as a table (CSV)',
  asText: 'Or copy this text',
  asTextHint:
    'Put the cursor into it, choose all, copy. Read it before you send it: what people wrote stands in it as they wrote it.',
  afterwards: 'Afterwards write the reference of the case there into the alert when you close it.',
} as const
