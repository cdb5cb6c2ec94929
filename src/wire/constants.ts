/** Numbers of the DNS protocol (IANA "Domain Name System (DNS) Parameters"). */
export const HEADER_BYTES = 12
export const NAME_BYTES_MAX = 255

export const TYPE = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  HINFO: 13,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  DNAME: 39,
  OPT: 41,
  DS: 43,
  RRSIG: 46,
  SVCB: 64,
  HTTPS: 65,
  IXFR: 251,
  AXFR: 252,
  ANY: 255,
} as const

export const CLASS = { IN: 1, CH: 3, ANY: 255 } as const

export const RCODE = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
  /** Extended (RFC 6891): its upper eight bits travel in the OPT record. */
  BADVERS: 16,
  /** Extended (RFC 7873 section 8): a client shows a cookie of ours that does not hold. */
  BADCOOKIE: 23,
} as const

/** Bits of the second header word (RFC 1035 section 4.1.1, RFC 4035). */
export const FLAG = {
  QR: 0x8000,
  AA: 0x0400,
  TC: 0x0200,
  RD: 0x0100,
  RA: 0x0080,
  AD: 0x0020,
  CD: 0x0010,
} as const
export const OPCODE_SHIFT = 11
export const OPCODE_MASK = 0xf

/** EDNS options (IANA "DNS EDNS0 Option Codes"). */
export const OPTION = {
  /** RFC 7871. */
  CLIENT_SUBNET: 8,
  TCP_KEEPALIVE: 11,
  PADDING: 12,
  /** Of the range for local and experimental use: the MAC of who asks a forwarder (dnsmasq's add-mac), and our own marks. */
  DEVICE_MAC: 65_001,
  LOOP_MARK: 65_323,
  SELF_MARK: 65_324,
} as const

/** Extended DNS errors (RFC 8914 section 4). */
export const EDE = {
  OTHER: 0,
  STALE_ANSWER: 3,
  FORGED_ANSWER: 4,
  CACHED_ERROR: 13,
  NOT_READY: 14,
  BLOCKED: 15,
  CENSORED: 16,
  FILTERED: 17,
  PROHIBITED: 18,
  STALE_NXDOMAIN: 19,
  NO_REACHABLE_AUTHORITY: 22,
  NETWORK_ERROR: 23,
} as const

/** What we advertise and never exceed over UDP (DNS flag day 2020, RFC 9715). */
export const UDP_BYTES_MAX = 1232
export const UDP_BYTES_MIN = 512
/** An OPT record without options (RFC 6891 section 6.1.2). */
export const OPT_BYTES = 11

/** The mnemonic of a type, or `TYPE123` (RFC 3597 section 5). */
export function typeName(type: number): string {
  for (const [name, value] of Object.entries(TYPE)) if (value === type) return name
  return `TYPE${type}`
}

/** Reads a mnemonic or `TYPE123`; undefined when unknown. */
export function parseType(text: string): number | undefined {
  const upper = text.toUpperCase()
  const generic = /^TYPE(\d{1,5})$/.exec(upper)
  if (generic) return Number(generic[1]) <= 0xffff ? Number(generic[1]) : undefined
  for (const [name, value] of Object.entries(TYPE)) if (name === upper) return value
  return undefined
}

/** Whether an answer with that code says something of the name, and not of the server's own trouble. */
export function isAboutTheName(rcode: number): boolean {
  return rcode === RCODE.NOERROR || rcode === RCODE.NXDOMAIN
}
