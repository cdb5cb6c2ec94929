/** What code tells pages in words stands in the catalogue; here are found the words that code still has of its own. */
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { test } from 'tap'
import { SyntaxKind } from 'typescript/unstable/ast'
import { createScanner } from 'typescript/unstable/ast/scanner'

const SOURCES = join(import.meta.dirname, '..', '..', 'src')
/** Folders of which every file is looked at. */
const FOLDERS = ['console/present', 'collector/pages']
/** Of other folders, in which most files write for programs, logs and operators, those that write for a page or a document. */
const FILES = [
  'collector/alerts/act-on-theme.ts',
  'collector/alerts/act.ts',
  'collector/alerts/merge-split.ts',
  'collector/alerts/raise-alert.ts',
  'collector/alerts/transitions.ts',
  'collector/documents/draw-table.ts',
  'collector/documents/make-pdf.ts',
  'collector/documents/sheet.ts',
  'collector/http/alert-form.ts',
  'collector/http/alert-routes.ts',
  'collector/http/check-form.ts',
  'collector/http/check-routes.ts',
  'collector/http/confirm-routes.ts',
  'collector/http/decision-form.ts',
  'collector/http/decision-routes.ts',
  'collector/http/document-routes.ts',
  'collector/http/form-problems.ts',
  'collector/http/hand-over-routes.ts',
  'collector/http/send-kept.ts',
  'collector/http/theme-routes.ts',
]
/** A literal of several words, and a piece round a value that has one. */
const SEVERAL = /[A-Za-z]{2}.* .*[A-Za-z]{2}/
const PIECE = /[A-Za-z]{2}[,:;.]? | [A-Za-z]{2}/
/** Classes and attributes, headers of answers, and the product's name in what a document says of itself: not for people to read. */
const FOR_PROGRAMS = /\b(?:govuk|edge|moj)-|="$|^text\/|^attachment; |^SuperCloud Edge$/

/** Whether a slash after it divides; after anything else it begins a regular expression. */
const OPERANDS: ReadonlySet<SyntaxKind> = new Set([
  SyntaxKind.Identifier,
  SyntaxKind.NumericLiteral,
  SyntaxKind.CloseParenToken,
  SyntaxKind.CloseBracketToken,
])

/** The texts of several words that stand in TypeScript, outside comments. */
function ownWords(code: string): readonly string[] {
  const scanner = createScanner(true)
  scanner.setText(code)
  const found: string[] = []
  /** For each brace that is open: whether it is that of a value within a text. */
  const braces: boolean[] = []
  let before: SyntaxKind = SyntaxKind.Unknown
  for (let kind = scanner.scan(); kind !== SyntaxKind.EndOfFile; kind = scanner.scan()) {
    if (kind === SyntaxKind.SlashToken && !OPERANDS.has(before)) kind = scanner.reScanSlashToken()
    if (kind === SyntaxKind.OpenBraceToken) braces.push(false)
    if (kind === SyntaxKind.CloseBraceToken && braces.pop() === true)
      kind = scanner.reScanTemplateToken(false)
    const isPiece =
      kind === SyntaxKind.TemplateHead ||
      kind === SyntaxKind.TemplateMiddle ||
      kind === SyntaxKind.TemplateTail
    if (isPiece && kind !== SyntaxKind.TemplateTail) braces.push(true)
    const isWhole =
      kind === SyntaxKind.StringLiteral || kind === SyntaxKind.NoSubstitutionTemplateLiteral
    const text = isPiece || isWhole ? scanner.getTokenValue() : ''
    if ((isPiece ? PIECE : SEVERAL).test(text) && !FOR_PROGRAMS.test(text)) found.push(text)
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
  t.same(ownWords("import { a } from './a.ts'\nconst b = `/alerts/${a}`"), [])
  t.end()
})

/** Files whose words are not in the catalogue yet. One that is done has to leave this list. */
const NOT_YET: readonly string[] = [
  'bypass-item.ts',
  'device-advice.ts',
  'device-box.ts',
  'device-detail.ts',
  'device-words.ts',
  'devices-csv.ts',
  'devices-filter.ts',
  'devices-page.ts',
  'find-device.ts',
  'network-advice.ts',
  'network-view.ts',
]

test('code that makes pages has no words of its own', (t) => {
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(join(SOURCES, folder)).map((file) => `${folder}/${file}`),
  )
  const found = [...files, ...FILES].filter(
    (file) => ownWords(readFileSync(join(SOURCES, file), 'utf8')).length > 0,
  )
  t.same(found.map((file) => basename(file)).toSorted(), NOT_YET)
  t.end()
})
