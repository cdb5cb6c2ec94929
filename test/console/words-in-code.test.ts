/** What code tells pages in words stands in the catalogue; here are found the words that code still has of its own. */
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { test } from 'tap'
import { SyntaxKind } from 'typescript/unstable/ast'
import { createScanner } from 'typescript/unstable/ast/scanner'

const SOURCES = join(import.meta.dirname, '..', '..', 'src')
/** Folders of which every file is looked at. */
const FOLDERS = [
  'collector/http',
  'collector/pages',
  'collector/policy',
  'collector/provider',
  'console/browser',
  'console/browser/worker',
  'console/present',
]
/** Files of these that write for operators, for logs, or for the database alone. */
const OTHERS: ReadonlySet<string> = new Set([
  'console-certificate.ts',
  'console-server.ts',
  'policy-versions.ts',
  'provider-client.ts',
])
/** Of other folders, in which most files write for programs, logs and operators, those that write for a page or a document. */
const FILES = [
  'collector/accounts/viewer.ts',
  'collector/alerts/act-on-theme.ts',
  'collector/alerts/act.ts',
  'collector/alerts/merge-split.ts',
  'collector/alerts/raise-alert.ts',
  'collector/alerts/transitions.ts',
  'collector/documents/draw-table.ts',
  'collector/documents/make-pdf.ts',
  'collector/documents/sheet.ts',
  'collector/notify/places/push-places.ts',
  'console/guide.ts',
]
/** A literal of several words, and a piece round a value that has one. */
const SEVERAL = /[A-Za-z]{2}.* .*[A-Za-z]{2}/
const PIECE = /[A-Za-z]{2}[,:;.]? | [A-Za-z]{2}/
/** Not for people to read: classes, attributes and styles, headers, the product’s name in what a document says of itself; routes; SQL. */
const FOR_PROGRAMS =
  /\b(?:govuk|edge|moj)-|="$|^text\/|^attachment; |^SuperCloud Edge$|'(?:self|none)'$|max-age=|^0; url=|^data: $|system-ui|^\(max-width: /
const ROUTE = /^(?:GET|POST) \//
const SQL = /\b(?:SELECT|INSERT|UPDATE|DELETE|FROM|CREATE|ALTER) |^\) VALUES/
const FOR_NOBODY = [FOR_PROGRAMS, ROUTE, SQL]
/** Before a text that is thrown: of the collector it is for whoever looks after that, of a script it comes onto the page. */
const THROWING = /\bnew \w*Error\(\s*$/

/** Whether a slash after it divides; after anything else it begins a regular expression. */
const OPERANDS: ReadonlySet<SyntaxKind> = new Set([
  SyntaxKind.Identifier,
  SyntaxKind.NumericLiteral,
  SyntaxKind.CloseParenToken,
  SyntaxKind.CloseBracketToken,
])

/** The texts of several words that stand in code, outside comments and what the collector throws. */
function ownWords(code: string, isScript = false): readonly string[] {
  const scanner = createScanner(true)
  scanner.setText(code)
  const found: string[] = []
  /** For each brace that is open: whether it is that of a value within a text, and whether that is thrown. */
  const braces: ('block' | 'value' | 'thrown')[] = []
  let before: SyntaxKind = SyntaxKind.Unknown
  for (let kind = scanner.scan(); kind !== SyntaxKind.EndOfFile; kind = scanner.scan()) {
    if (kind === SyntaxKind.SlashToken && !OPERANDS.has(before)) kind = scanner.reScanSlashToken()
    let isThrown = !isScript && THROWING.test(code.slice(0, scanner.getTokenStart()).slice(-80))
    if (kind === SyntaxKind.OpenBraceToken) braces.push('block')
    if (kind === SyntaxKind.CloseBraceToken) {
      const brace = braces.pop()
      isThrown = brace === 'thrown'
      if (brace === 'value' || isThrown) kind = scanner.reScanTemplateToken(false)
    }
    const isPiece =
      kind === SyntaxKind.TemplateHead ||
      kind === SyntaxKind.TemplateMiddle ||
      kind === SyntaxKind.TemplateTail
    if (isPiece && kind !== SyntaxKind.TemplateTail) braces.push(isThrown ? 'thrown' : 'value')
    const isWhole =
      kind === SyntaxKind.StringLiteral || kind === SyntaxKind.NoSubstitutionTemplateLiteral
    const text = isPiece || isWhole ? scanner.getTokenValue() : ''
    const isWords = (isPiece ? PIECE : SEVERAL).test(text) && !isThrown
    if (isWords && !FOR_NOBODY.some((one) => one.test(text))) found.push(text)
    before = kind
  }
  return found
}

test('what is a text of several words in code, and what is none', (t) => {
  t.same(ownWords("const a = 'Send it' // it's a comment"), ['Send it'])
  t.same(ownWords('const a = `${count} of ${all}`'), [' of '])
  t.same(ownWords("const a = `${b.map((c) => `${c}, ${{ d: 'two words' }}`)} lookups`"), [
    'two words',
    ' lookups',
  ])
  t.same(ownWords("const a = /it's a b/.test(b) ? one / two : 'edge-badge edge-badge--low'"), [])
  t.same(ownWords('throw new Error(`${a} is not ${b}`); say(`${a} is not ${b}`)'), [' is not '])
  t.same(ownWords("throw new Error('shown here')", true), ['shown here'])
  t.same(ownWords("import { a } from './a.ts'\nconst b = `/alerts/${a}`"), [])
  t.end()
})

test('code that makes pages has no words of its own', (t) => {
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(join(SOURCES, folder))
      .filter((file) => /\.[jt]s$/.test(file))
      .map((file) => `${folder}/${file}`),
  )
  const found = [...files.filter((file) => !OTHERS.has(basename(file))), ...FILES].filter(
    (file) => ownWords(readFileSync(join(SOURCES, file), 'utf8'), file.endsWith('.js')).length > 0,
  )
  t.same(found, [])
  t.end()
})
