/** What is wrong with a mail as it came to the mail server, and with metrics as they are scraped. */
import type { ReceivedMail } from '#test/support/mail-server.ts'

const HEADERS = new Set([
  'auto-submitted',
  'content-transfer-encoding',
  'content-type',
  'date',
  'from',
  'message-id',
  'mime-version',
  'subject',
  'to',
  'x-auto-response-suppress',
])
/** Of anybody, or anything that ran. */
const FOREIGN = /evil|hostile|alert\(1\)|62615633|7919|calc/
/** Prometheus text format 0.0.4: a comment, or a sample with labels. */
const SAMPLE =
  /^[a-zA-Z_:][a-zA-Z0-9_:]*(?:\{(?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\n"])*",?)*\})? (?:[-+]?[0-9.eE+-]+|NaN|[+-]Inf)(?: \d+)?$/

export function faultsOfMail({ to, text }: ReceivedMail): readonly string[] {
  const end = text.indexOf('\r\n\r\n')
  const headers = text
    .slice(0, end)
    .replaceAll(/\r\n[ \t]+/g, ' ')
    .split('\r\n')
  const names = headers.map((one) => one.split(':', 1)[0]?.toLowerCase() ?? '')
  const body = text.slice(end)
  return [
    ...names
      .filter((name, index) => !HEADERS.has(name) || names.indexOf(name) !== index)
      .map((name) => `has ${name}`),
    ...(to.length === 1 ? [] : [`goes to ${to.join()}`]),
    ...(/^content-type: text\/plain/im.test(text) ? [] : ['is no plain text']),
    ...(FOREIGN.test(body) ? [`tells of something: ${FOREIGN.exec(body)?.[0]}`] : []),
  ]
}

export function faultsOfMetrics(text: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !/^# (?:HELP|TYPE) [a-zA-Z_:][a-zA-Z0-9_:]* /.test(line))
    .filter((line) => !SAMPLE.test(line) || FOREIGN.test(line))
    .map((line) => `cannot be: ${line.slice(0, 200)}`)
}
