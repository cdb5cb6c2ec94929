import { formatAddress, parseAddress } from '#domain/ip-address.ts'
import { type MacAddress, parseMac } from '#domain/mac-address.ts'
import { macOfDuid, parseHexBytes } from './duid.ts'
import { type IscToken, iscText, iscTokens } from './isc-tokens.ts'
import { type LeaseParser, type LeaseRow, NOBODY_AT, nameIn } from './lease-row.ts'

/** Blocks within blocks; the server writes two at most. */
const DEPTH_MAX = 8
/** Tokens of one statement, also over several lines. */
const STATEMENT_TOKENS_MAX = 64
/** Before the DUID in the key of an `ia-na`. */
const IAID_BYTES = 4
/** Statements of a line of their own that say nothing that is asked here; most of a file. */
const OF_NO_USE =
  /^\s+(?:cltt|tstp|tsfp|atsfp|next|rewind|uid|set|option|preferred-life|max-life|vendor-class-identifier)\s[^{}]*;\s*$/
/** A block of one of these is a new beginning, whatever was left open before it: the server was killed as it wrote. */
const TOP_BLOCKS: ReadonlySet<string> = new Set(['lease', 'ia-na', 'ia-ta', 'ia-pd', 'host'])

interface Draft {
  readonly address: string | undefined
  mac: MacAddress | undefined
  name: string | undefined
  state: string
  startsAtMs: number | undefined
  endsAtMs: number | undefined
}

type Block = { readonly kind: 'lease'; readonly draft: Draft } | Ia | { readonly kind: 'other' }
interface Ia {
  readonly kind: 'ia'
  readonly mac: MacAddress | undefined
}

const OTHER: Block = { kind: 'other' }

/** `dhcpd.leases` and `dhcpd6.leases` of ISC dhcpd: a journal of blocks (dhcpd.leases(5)). */
export function makeIscParser(take: (row: LeaseRow) => void): LeaseParser {
  const reader = new IscReader(take)
  return { line: (text) => reader.line(text), again: () => reader.again() }
}

class IscReader {
  readonly #take: (row: LeaseRow) => void
  #blocks: Block[] = []
  #statement: IscToken[] = []

  constructor(take: (row: LeaseRow) => void) {
    this.#take = take
  }

  again(): void {
    this.#blocks = []
    this.#statement = []
  }

  line(text: string): boolean {
    if (this.#statement.length === 0 && OF_NO_USE.test(text)) return true
    const tokens = iscTokens(text)
    if (!tokens) {
      this.#statement = []
      return false
    }
    let isFine = true
    for (const token of tokens) if (!this.#token(token)) isFine = false
    return isFine
  }

  #token(token: IscToken): boolean {
    if (token !== '{' && token !== '}' && token !== ';') {
      if (this.#statement.length === STATEMENT_TOKENS_MAX) return false
      this.#statement.push(token)
      return true
    }
    const statement = this.#statement
    this.#statement = []
    if (token === '{') return this.#open(statement)
    return token === '}' ? this.#close() : this.#say(statement)
  }

  #open(head: readonly IscToken[]): boolean {
    const keyword = wordOf(head[0])
    if (TOP_BLOCKS.has(keyword)) this.#blocks = []
    if (this.#blocks.length === DEPTH_MAX) return false
    const block = openBlock(keyword, head[1], this.#blocks.at(-1))
    this.#blocks.push(block)
    return block.kind !== 'lease' || block.draft.address !== undefined
  }

  #close(): boolean {
    const block = this.#blocks.pop()
    if (block?.kind !== 'lease') return block !== undefined
    const row = rowOf(block.draft)
    if (row) this.#take(row)
    return row !== undefined
  }

  #say(statement: readonly IscToken[]): boolean {
    const block = this.#blocks.at(-1)
    return block?.kind === 'lease' ? note(block.draft, statement) : true
  }
}

function openBlock(keyword: string, key: IscToken | undefined, outer: Block | undefined): Block {
  if (keyword === 'ia-na' || keyword === 'ia-ta') {
    const text = iscText(key)
    const bytes = text === undefined ? parseHexBytes(wordOf(key)) : Buffer.from(text, 'latin1')
    return { kind: 'ia', mac: bytes && macOfDuid(bytes.subarray(IAID_BYTES)) }
  }
  const isLease = keyword === 'lease' || (keyword === 'iaaddr' && outer?.kind === 'ia')
  if (!isLease) return OTHER
  const bytes = parseAddress(wordOf(key))
  const draft: Draft = {
    address: bytes && formatAddress(bytes),
    mac: outer?.kind === 'ia' ? outer.mac : undefined,
    name: undefined,
    state: 'active',
    startsAtMs: undefined,
    endsAtMs: undefined,
  }
  return { kind: 'lease', draft }
}

/** Takes up what one statement says of a lease; false where that cannot be read. */
function note(draft: Draft, [first, second, third, fourth]: readonly IscToken[]): boolean {
  switch (wordOf(first)) {
    case 'binding':
      draft.state = wordOf(third)
      return draft.state !== ''
    case 'abandoned':
      draft.state = 'abandoned'
      return true
    case 'starts':
      draft.startsAtMs = timeOf(second, third, fourth)
      return draft.startsAtMs !== undefined
    case 'ends':
      draft.endsAtMs = timeOf(second, third, fourth)
      return draft.endsAtMs !== undefined
    case 'hardware':
      draft.mac = wordOf(second) === 'ethernet' ? parseMac(wordOf(third)) : undefined
      return true
    case 'client-hostname':
      draft.name = nameIn(iscText(second) ?? wordOf(second))
      return true
    default:
      return true
  }
}

/** `4 2026/11/26 08:00:00` (UTC; the day of the week says nothing), `epoch 1764144000` or `never`. */
function timeOf(first?: IscToken, second?: IscToken, third?: IscToken): number | undefined {
  const day = wordOf(first)
  if (day === 'never') return Infinity
  if (day === 'epoch')
    return /^\d{1,12}$/.test(wordOf(second)) ? Number(wordOf(second)) * 1000 : undefined
  const date = /^(\d{4})\/(\d{1,2})\/(\d{1,2})$/.exec(wordOf(second))
  const time = /^(\d{1,2}):(\d{1,2}):(\d{1,2})$/.exec(wordOf(third))
  if (!date || !time) return undefined
  const [, year, month, dayOfMonth] = date.map(Number)
  const [, hour, minute, secondOfMinute] = time.map(Number)
  return Date.UTC(year ?? 0, (month ?? 1) - 1, dayOfMonth, hour, minute, secondOfMinute)
}

function rowOf({ address, mac, name, state, startsAtMs, endsAtMs }: Draft): LeaseRow | undefined {
  if (address === undefined) return undefined
  const isHeld = state === 'active'
  if (isHeld && endsAtMs === undefined) return undefined
  const lastsMs = (endsAtMs ?? Infinity) - (startsAtMs ?? Infinity)
  return {
    address,
    mac,
    name,
    expiresAtMs: isHeld ? (endsAtMs ?? NOBODY_AT) : NOBODY_AT,
    lifetimeMs: lastsMs > 0 ? lastsMs : Infinity,
  }
}

function wordOf(token: IscToken | undefined): string {
  return iscText(token) === undefined ? (token ?? '') : ''
}
