import { formatAddress, parseAddress } from '#domain/ip-address.ts'
import { type MacAddress, parseMac } from '#domain/mac-address.ts'

/** What the kernel thinks of an entry (linux/neighbour.h). */
export type NeighbourState =
  /** Answers, or is being asked whether it still does. */
  | 'reachable'
  /** Was heard of before. */
  | 'stale'
  /** Does not answer, or has not yet. */
  | 'failed'

/** An entry of the kernel's neighbour tables, ARP (RFC 826) or ND (RFC 4861). */
export interface NeighbourEntry {
  /** In canonical text, without a zone. */
  readonly address: string
  /** Undefined where nobody has answered yet. */
  readonly mac: MacAddress | undefined
  readonly state: NeighbourState
  /** It says that it is a router (RFC 4861 section 4.4). */
  readonly isRouter: boolean
  /** The kernel has dropped the entry. */
  readonly isDeleted: boolean
}

const STATES: ReadonlyMap<string, NeighbourState> = new Map([
  ['REACHABLE', 'reachable'],
  ['DELAY', 'reachable'],
  ['PROBE', 'reachable'],
  ['PERMANENT', 'reachable'],
  ['STALE', 'stale'],
  ['INCOMPLETE', 'failed'],
  ['FAILED', 'failed'],
])
const WORDS_MAX = 32
/** What is told of an entry that nobody has: loopback, multicast; and entries of other tables. */
const SKIPPED: ReadonlySet<string> = new Set(['NOARP', 'NONE', 'proxy'])

/**
 * A line of `ip neigh show` or `ip monitor neigh` (iproute2): `192.0.2.7 dev eth0 lladdr 02:00:5e:00:53:07 REACHABLE`, with `router`,
 * `extern_learn` and the like before the state, `Deleted` before all. `skip` for what is no device's; undefined for what cannot be read.
 */
export function readNeighbourLine(line: string): NeighbourEntry | 'skip' | undefined {
  const words = line.trim().split(/\s+/, WORDS_MAX)
  if (words[0] === '') return 'skip'
  // A question of the kernel's to whoever fills its table.
  if (words[0] === 'miss') return 'skip'
  const isDeleted = words[0] === 'Deleted'
  const rest = isDeleted ? words.slice(1) : words
  const bytes = parseAddress(rest[0] ?? '')
  if (!bytes || rest[1] !== 'dev') return undefined
  if (rest.some((word) => SKIPPED.has(word)) || isGroup(bytes)) return 'skip'
  const state = STATES.get(rest.at(-1) ?? '')
  if (!state) return undefined
  const at = rest.indexOf('lladdr')
  return {
    address: formatAddress(bytes),
    mac: at < 0 ? undefined : parseMac(rest[at + 1] ?? ''),
    state,
    isRouter: rest.includes('router'),
    isDeleted,
  }
}

const FLAG_COMPLETE = 0x2

/**
 * A line of `/proc/net/arp`, IPv4 alone: address, hardware type, flags, hardware address, mask, device. It does not tell what is reachable,
 * so whatever stands there counts as that.
 */
export function readArpLine(line: string): NeighbourEntry | 'skip' | undefined {
  const [address = '', , flags = '', hardware = '', , device] = line.trim().split(/\s+/, WORDS_MAX)
  if (address === '' || address === 'IP') return 'skip'
  const bytes = parseAddress(address)
  if (!bytes || device === undefined || !/^0x[0-9a-f]{1,4}$/.test(flags)) return undefined
  const isComplete = (Number(flags) & FLAG_COMPLETE) !== 0
  return {
    address: formatAddress(bytes),
    mac: isComplete ? parseMac(hardware) : undefined,
    state: isComplete ? 'reachable' : 'failed',
    isRouter: false,
    isDeleted: false,
  }
}

/** Multicast, which is a group's. */
function isGroup(bytes: Uint8Array): boolean {
  const first = bytes[0] ?? 0
  return bytes.length === 4 ? first >= 224 : first === 0xff
}
