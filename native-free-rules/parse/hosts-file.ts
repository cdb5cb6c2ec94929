/**
 * Hosts files: an address, then names. The address only says "block" here, whatever it is: a list does not get to point a name
 * somewhere. Each name is covered exactly, as a hosts file does.
 */
import { isAddress, whyNotHost } from './host-text.ts'
import { splitLines } from './line-splitter.ts'
import type { ListParser, RuleTaker } from './rule-taker.ts'

/** What every hosts file begins with; not a rule of the list. */
const MACHINE_NAMES: ReadonlySet<string> = new Set([
  'localhost',
  'localhost.localdomain',
  'local',
  'broadcasthost',
  'ip6-localhost',
  'ip6-loopback',
  'ip6-localnet',
  'ip6-mcastprefix',
  'ip6-allnodes',
  'ip6-allrouters',
  'ip6-allhosts',
  '0.0.0.0',
])

/** A parser for one hosts file. Never throws. */
export function parseHostsFile(taker: RuleTaker): ListParser {
  return splitLines(taker, (content, line, whole) => {
    const [address = '', ...names] = content.split(/\s+/)
    if (!isAddress(address)) return taker.refuse(line, whole, 'does not begin with an IP address')
    if (names.length === 0) return taker.refuse(line, whole, 'has no name after the address')
    for (const name of names) {
      if (MACHINE_NAMES.has(name.toLowerCase())) continue
      const why = whyNotHost(name) ?? taker.emit(name, 'exact')?.detail
      if (why !== undefined) taker.refuse(line, whole, why)
    }
  })
}
