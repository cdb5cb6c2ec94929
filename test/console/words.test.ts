/** Templates hold no words of their own: all stand in the catalogue. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import nunjucks from 'nunjucks'
import { test } from 'tap'
import { countOf } from '#console/words/count-of.ts'
import { fill, PLACE } from '#console/words/fill.ts'
import { makeFillInTemplate } from '#console/words/fill-in-template.ts'
import { WORDS } from '#console/words/words.ts'

const CATALOGUE = join(import.meta.dirname, '..', '..', 'src', 'console', 'words')
const VIEWS = join(import.meta.dirname, '..', '..', 'src', 'console', 'views')
/** Arguments of macros, and attributes, that people read. */
const ARGUMENT =
  /\b(text|html|titleText|title|label|caption|heading|hint|visuallyHiddenText|visuallyHiddenTitle)\s*[:=]\s*"[^"{]*[A-Za-z][^"]*"/g
const ATTRIBUTE =
  /\s(aria-label|data-live-says|data-says|placeholder|alt|title)="(?![^"]*\{\{)[^"]*[A-Za-z][^"]*"/g
/** Any other text of several words in a tag, but for the names of classes. */
const LITERAL = /"[^"]*"/g
const SEVERAL = /[A-Za-z]{2}.* .*[A-Za-z]{2}/
const CLASSES = /\b(?:govuk|moj|edge)-/
const LETTERS = /[A-Za-z]{2}/

/** What of a template would be read by people and is no word of the catalogue. */
function ownWords(template: string): readonly string[] {
  const code = template.replaceAll(/\{#.*?#\}/gs, '')
  const html = code.replaceAll(/\{[{%].*?[%}]\}/gs, '\n')
  const texts = html.replaceAll(/<[^>]*>/gs, '\n').replaceAll(/&[a-z]+;/g, '')
  return [
    ...(code.match(/\{[{%].*?[%}]\}/gs) ?? []).flatMap((tag) => [
      ...(tag.match(ARGUMENT) ?? []),
      ...(tag.match(LITERAL) ?? []).filter((one) => SEVERAL.test(one) && !CLASSES.test(one)),
    ]),
    ...(html.match(ATTRIBUTE) ?? []).map((one) => one.trim()),
    ...texts
      .split('\n')
      .filter((text) => LETTERS.test(text))
      .map((text) => text.trim()),
  ]
}

test('what is a word of a template, and what is none', (t) => {
  t.same(ownWords('<p class="a b">{{ words.a.b }}</p>{# a word #}&nbsp;<b>{{ x }}%</b>'), [])
  t.same(ownWords('{{ govukButton({ text: words.a.b, classes: "a b" }) }}'), [])
  t.same(ownWords('<p>Hello {{ name }}</p>'), ['Hello'])
  t.same(ownWords('{{ govukButton({ text: "Save" }) }}'), ['text: "Save"'])
  t.same(ownWords('{{ "1 box" if one == 1 else words.a.b }}{{ rows("my list", x) }}'), [
    '"my list"',
  ])
  t.same(ownWords('<nav aria-label="Main">{{ x }}</nav>'), ['aria-label="Main"'])
  t.end()
})

/** Templates whose words are not in the catalogue yet. One that is done has to leave this list. */
const NOT_YET: readonly string[] = ['layout.njk']

test('templates have no words of their own', (t) => {
  const files = readdirSync(VIEWS, { recursive: true, encoding: 'utf8' })
  const found = files
    .filter((file) => file.endsWith('.njk'))
    .filter((file) => ownWords(readFileSync(join(VIEWS, file), 'utf8')).length > 0)
  t.same(found.toSorted(), NOT_YET)
  t.end()
})

test('places in a text are filled, and what is hostile stays text', (t) => {
  t.equal(fill('{count} of {all}', { count: 1, all: 2 }), '1 of 2')
  t.throws(() => fill('{count}', {}), /nothing for \{count\} in "\{count\}"/)
  const environment = new nunjucks.Environment(null, { autoescape: true, throwOnUndefined: true })
  environment.addFilter('fill', makeFillInTemplate(environment))
  const shown = (template: string): string =>
    environment.renderString(template, { evil: '<b>', says: 'Go to {link} & {evil}' })
  t.equal(
    shown(
      '{% set link %}<a>{{ evil }}</a>{% endset %}{{ says | fill({ link: link | safe, evil: evil }) }}',
    ),
    'Go to <a>&lt;b&gt;</a> &amp; &lt;b&gt;',
  )
  t.equal(shown('{{ says | fill({ link: evil, evil: evil }) }}'), 'Go to &lt;b&gt; &amp; &lt;b&gt;')
  t.end()
})

/** Every text of a part of the catalogue, with where it stands. */
function textsOf(part: unknown, path: string): readonly (readonly [path: string, text: string])[] {
  if (typeof part === 'string') return [[path, part]]
  if (typeof part !== 'object' || part === null) throw new TypeError(`no text at ${path}`)
  return Object.entries(part).flatMap(([key, value]) => textsOf(value, `${path}.${key}`))
}

function placesOf(text: string): readonly string[] {
  return Array.from(text.matchAll(PLACE), ([place]) => place).toSorted()
}

test('a text of the catalogue is text, and is said of one thing as of many', (t) => {
  const all = textsOf(WORDS, 'words')
  const parts = readdirSync(CATALOGUE).flatMap((file) => {
    const [, part] =
      /^export const (\w+) = \{$/m.exec(readFileSync(join(CATALOGUE, file), 'utf8')) ?? []
    return part ?? []
  })
  t.same(Object.keys(WORDS).toSorted(), parts.toSorted(), 'every file of it')
  t.same(
    all.filter(([, text]) => /[<>]|&\w+;|  |^ $/.test(text)),
    [],
    'no HTML',
  )
  const texts = new Map(all)
  const apart = all.flatMap(([path, one]) => {
    if (!path.endsWith('.one') || !texts.has(path.replace(/one$/, 'many'))) return []
    const many = placesOf(texts.get(path.replace(/one$/, 'many')) ?? '')
    const missing = placesOf(one).filter((place) => !many.includes(place))
    const more = many.filter((place) => place !== '{count}' && !placesOf(one).includes(place))
    return missing.length + more.length === 0 ? [] : [path]
  })
  t.same(apart, [], 'the same places')
  t.equal(countOf(1, { one: '{count} box of {all}', many: '' }, { all: 2 }), '1 box of 2')
  t.equal(countOf(1200, { one: '', many: '{count} boxes' }), '1,200 boxes')
  t.end()
})
