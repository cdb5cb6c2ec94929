/** Mnemonics of record types that lists name (IANA "Resource Record (RR) TYPEs"). */
const TYPES: ReadonlyMap<string, number> = new Map([
  ['A', 1],
  ['NS', 2],
  ['CNAME', 5],
  ['SOA', 6],
  ['PTR', 12],
  ['HINFO', 13],
  ['MX', 15],
  ['TXT', 16],
  ['AAAA', 28],
  ['SRV', 33],
  ['NAPTR', 35],
  ['DNAME', 39],
  ['DS', 43],
  ['SVCB', 64],
  ['HTTPS', 65],
  ['ANY', 255],
  ['CAA', 257],
])

export const TYPE_A = 1
export const TYPE_TXT = 16
export const TYPE_AAAA = 28

/** The number of a type written as a mnemonic or as `TYPE123` (RFC 3597 section 5), in any case; undefined when it is neither. */
export function recordType(text: string): number | undefined {
  const upper = text.toUpperCase()
  const generic = /^TYPE(\d{1,5})$/.exec(upper)
  if (!generic) return TYPES.get(upper)
  return Number(generic[1]) <= 0xffff ? Number(generic[1]) : undefined
}

/** The mnemonic of a type, or `TYPE123`. */
export function recordTypeName(type: number): string {
  for (const [name, value] of TYPES) if (value === type) return name
  return `TYPE${type}`
}
