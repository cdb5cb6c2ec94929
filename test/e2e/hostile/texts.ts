/** Texts that would show wherever one is not taken as text; and what shows. */

/** What a template would make of `7919*7907`: a figure that stands nowhere else. */
const PRODUCT = '62615633'
/** Longer than any line, and short enough for a form. */
const LONG = 2500

/** Each is to be put into every field of every form, report and file. */
export const TEXTS: readonly string[] = [
  '<script>alert(1)</script><svg/onload=alert(1) data-hostile>',
  `"'><img src=x onerror=alert(1) data-hostile><hx-edge data-hostile>`,
  '</title></textarea></select></script>--><hx-edge data-hostile>',
  `" autofocus onfocus=alert(1) data-hostile x='`,
  '<base href=//evil.test><meta http-equiv=refresh content="0;url=//evil.test">',
  '<form action=//evil.test data-hostile><iframe srcdoc="<script>alert(1)</script>">',
  '{{7919*7907}}{% set x = 7919*7907 %}{{ x }}${7919*7907}{name}{link}{why}',
  '{{range.constructor("return 7919*7907")()}}',
  'javascript:alert(1)',
  '//evil.test/x',
  '&lt;script&gt;alert(1)&lt;/script&gt;&#x22; \\u003cscript %3Cscript%3E',
  "=cmd|' /C calc'!A0",
  '+1+1',
  '-1+1',
  '@SUM(1+1)',
  '\t=1+1',
  '\r=1+1',
  ' \n=1+1',
  '|calc',
  '\uFF1D1+1',
  'x\r\nBcc: bcc@evil.test\r\n\r\nbody',
  '","x"\r\n"=1+1',
  'a\0\u001B[31mred\u001B]0;title\u0007\u0085',
  '\u202Egnp.exe\u2066\u200Bzero\u00AD\uFEFF\u2028next\u2029',
  'lone \uD800 surrogate',
  ') Tj (evil) Tj \\ >> /OpenAction << /S /JavaScript /JS (app.alert(1)) >>',
  '__proto__',
  'constructor',
  'e\u0301'.repeat(50),
  'W'.repeat(LONG),
]

/** What may hide, reorder or break a line: none of it stands in a page but its own line breaks. */
const UNSEEN = /(?![\t\n])[\p{Cc}\u00AD\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uD800-\uDFFF]/u
const AROUND_CHARS = 40

/** What a form sends back when it is chosen: whoever looks at the page does not see it. */
const CHOICES = /<option value="[^"]*"|<input [^>]*type="(?:checkbox|radio|hidden)"[^>]*>/g
const RUNS = /(?:href|src|action|formaction)="\s*(?:javascript|data|vbscript):/i

/** What is wrong with HTML as it came, before any browser made something of it. `text` is what was put in. */
export function faultsOfHtml(html: string, text = ''): readonly string[] {
  const seen = html.replaceAll(CHOICES, '')
  const at = UNSEEN.exec(seen)
  const marks = /[<>"]/.test(text) ? [text.trim()] : []
  return [
    ...(at === null ? [] : [`U+${hex(at[0])} stands at ${around(seen, at.index)}`]),
    ...(html.includes(PRODUCT) ? ['a template worked something out'] : []),
    ...(RUNS.test(html) ? ['an address would run'] : []),
    ...marks.filter((one) => html.includes(one)).map((one) => `stands as it came: ${one}`),
  ]
}

function around(html: string, index: number): string {
  return JSON.stringify(html.slice(Math.max(0, index - AROUND_CHARS), index + AROUND_CHARS))
}

function hex(char: string): string {
  return (char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')
}
