/**
 * dnsmasq's configuration, of which lists use `address=/name/`, `address=/name/0.0.0.0`, `local=/name/` and `server=/name/#`. A name
 * means itself and everything below. The nearest rule counts, as in dnsmasq.
 */
import { addressRecord, isNoAddress } from './address-bytes.ts'
import { whyNotHost } from './host-text.ts'
import { splitLines } from './line-splitter.ts'
import { type ListLine, makeLocalDataBook } from './local-data-book.ts'
import type { ActionTaker, ListParser } from './rule-taker.ts'

const RULE = /^(address|local|server)=\/([^\s]*)\/([^\s/]*)$/
/** Names of one line. */
const NAMES_MAX = 64

/** A parser for one such file. Never throws. */
export function parseDnsmasq(taker: ActionTaker): ListParser {
  const book = makeLocalDataBook(taker)
  const lines = splitLines(taker, (content, line, whole) => {
    const [, option = '', names = '', value = ''] = RULE.exec(content) ?? []
    if (option === '') return taker.refuse(line, whole, 'not an address, local or server rule')
    const all = names.split('/')
    if (all.length > NAMES_MAX) return taker.refuse(line, whole, 'too many names in one line')
    for (const name of all) {
      const why = takeName(name, option, value, { line, text: whole })
      if (why !== undefined) taker.refuse(line, whole, why)
    }
  })
  const takeName = (
    text: string,
    option: string,
    value: string,
    at: ListLine,
  ): string | undefined => {
    if (text === '' || text === '#') return 'a rule for every name is not taken'
    const name = text.startsWith('*.') ? text.slice(2) : text.replace(/^\./, '')
    const why = whyNotHost(name)
    if (why !== undefined) return why
    const rule = { name, scope: 'subtree' } as const
    if (option === 'server' && value === '#')
      return taker.take({ ...rule, action: { kind: 'except' } })?.detail
    if (option !== 'address' && value !== '') return 'a server for a name is not taken from a list'
    if (value === '' || value === '#')
      return taker.take({ ...rule, action: { kind: 'block' } })?.detail
    const record = addressRecord(value)
    if (!record) return 'not an IP address'
    if (isNoAddress(record)) return taker.take({ ...rule, action: { kind: 'block' } })?.detail
    return book.hold(rule, record, at)?.detail
  }
  return {
    write: lines.write,
    end: () => {
      lines.end()
      book.end()
    },
  }
}
