/** Hostile text of lists: lines of the fixtures, broken, and rules put together of the pieces that each format is made of. */
import type { ListFormat } from '#test/support/list-parsers.ts'
import type { Random } from './random.ts'

type Pieces = readonly [string, ...string[]]

const COMMON: Pieces = [
  'example.test',
  'www.example.test',
  'x',
  '*',
  '*.',
  '.',
  '..',
  'com',
  'co.uk',
  'ü.test',
  'ß.test',
  'a\u3002b.test',
  '\\046',
  '\\.',
  '\\000',
  '\\',
  '192.0.2.1',
  '2001:db8::1',
  '::',
  '0.0.0.0',
  ' ',
  '\t',
  '\r',
  '\u0000',
  '\ufeff',
  '\u202e',
  '#',
  '!',
  ';',
  '"',
  '_',
  '-',
  'xn--',
  'xn--bcher-kva.test',
  '999999999999',
  'A'.repeat(63),
  'a'.repeat(64),
]
const BY_FORMAT: Readonly<Record<ListFormat['name'], Pieces>> = {
  hosts: ['127.0.0.1 ', '0.0.0.0 ', ':: ', 'localhost'],
  domains: ['*.', '.', '||', '^'],
  ut1: [
    'black',
    'white',
    '# ',
    '*.',
    '\ngames/\n',
    '\nbank/\n',
    '\nnew/\n',
    '\nconstructor/\n',
    '\ntoString/\n',
    '\n__proto__/\n',
    '/\n',
  ],
  adblock: [
    '||',
    '|',
    '@@',
    '^',
    '^|',
    '$',
    ',',
    'important',
    'badfilter',
    'dnstype=',
    'A|AAAA',
    '~A',
    'denyallow=',
    'dnsrewrite=',
    'NOERROR;A;',
    'NXDOMAIN;;',
    'REFUSED',
    '/^ads?[0-9]*\\.example\\.test$/',
    '/',
    '(',
    ')',
    '[',
    ']',
    '{1,9}',
    '##',
    'client=x',
  ],
  rpz: [
    '$ORIGIN ',
    '$TTL 60',
    '$INCLUDE x',
    '@ SOA a. b. (1 2 3 4 5)',
    ' IN ',
    ' 60 ',
    ' CNAME ',
    '.',
    '*.',
    'rpz-passthru.',
    'rpz-drop.',
    'rpz-tcp-only.',
    ' A ',
    ' AAAA ',
    ' TXT "',
    '(',
    ')',
    '24.0.2.0.192',
    '.rpz-ip',
    '.rpz-client-ip',
    '48.zz.db8.2001',
    'zz',
    '128',
    '.rpz-nsip',
    '.rpz-nsdname',
    '1.0.0.127',
    '\n  ',
  ],
  dnsmasq: ['address=/', 'server=/', 'local=/', '/', '/#', '//', 'ipset=/', '192.0.2.30'],
  regex: [
    '^',
    '$',
    '(^|\\.)',
    '(?:',
    '(',
    ')',
    '|',
    '[a-z]',
    '[^.]',
    '[',
    ']',
    '{2,5}',
    '{1000}',
    '{1,',
    '*',
    '+',
    '?',
    '\\d',
    '\\w',
    '\\b',
    '\\pL',
    '(?i)',
    '(?=',
    '(?<=',
    '\\1',
    '.',
    '\\.example\\.test$',
    '(a+)+',
    '(a|b)*a(a|b){9}',
    '[[:alpha:]]',
    '\\Q',
    '\\x{41}',
    ';querytype=A',
    '/',
  ],
}
const LINES_MAX = 12
const PIECES_MAX = 14
const REPEAT_MAX = 5_000

/** A small list: mostly near to what its format takes, sometimes far from it. */
export function hostileList(
  { name, lineFor }: ListFormat,
  fixture: readonly [string, ...string[]],
  random: Random,
): string {
  const lines = Array.from({ length: 1 + random.int(LINES_MAX) }, () => {
    const kind = random.int(10)
    if (kind < 4) return broken(random.pick(fixture), random, name)
    if (kind < 8) return composed(random, name)
    if (kind === 8) return lineFor(hostName(random))
    return random.pick(BY_FORMAT[name]).repeat(1 + random.int(REPEAT_MAX))
  })
  return lines.join(random.chance(0.1) ? '\r\n' : '\n')
}

function composed(random: Random, name: ListFormat['name']): string {
  let line = ''
  for (let count = 1 + random.int(PIECES_MAX); count > 0; count--)
    line += random.pick(random.chance(0.6) ? BY_FORMAT[name] : COMMON)
  return line
}

/** A line cut, doubled, with a piece put in or a character exchanged. */
function broken(line: string, random: Random, name: ListFormat['name']): string {
  let text = line
  for (let rounds = random.int(4); rounds > 0; rounds--) {
    const at = random.int(text.length + 1)
    const to = Math.min(text.length, at + random.int(8))
    const piece = random.chance(0.5) ? random.pick(BY_FORMAT[name]) : random.pick(COMMON)
    const middles: Pieces = [
      '',
      piece,
      text.slice(at, to).repeat(2),
      String.fromCharCode(random.int(0x300)),
    ]
    text = text.slice(0, at) + random.pick(middles) + text.slice(to)
  }
  return text
}

function hostName(random: Random): string {
  const label = () =>
    'abcdefghij0-_'.charAt(random.int(13)).repeat(1 + random.int(random.chance(0.1) ? 64 : 9))
  return Array.from({ length: 1 + random.int(6) }, label).join('.')
}
