/** Elements of BER as LDAP has them (RFC 4511 section 5.1): one byte of tag, definite lengths. */
const TAG = {
  integer: 0x02,
  text: 0x04,
  enumeration: 0x0a,
  sequence: 0x30,
  set: 0x31,
  bindResponse: 0x61,
  searchEntry: 0x64,
  searchDone: 0x65,
  searchReference: 0x73,
} as const
const LENGTH_BYTES_MAX = 4
const LONG = 0x80

interface Element {
  readonly tag: number
  /** Of what it holds. */
  readonly start: number
  readonly end: number
}

/** The length of the message that begins here, its head included; undefined while too little of it is there, `none` for what is no message. */
export function messageLength(bytes: Buffer): number | 'none' | undefined {
  if (bytes.length > 0 && bytes[0] !== TAG.sequence) return 'none'
  const head = readHead(bytes, 0, bytes.length)
  return typeof head === 'object' ? head.end : head
}

/**
 * Whether a whole message is one of the answers to a bind or a search, with every part where it belongs (RFC 4511 sections 4.2.2 and 4.5.2). ldapts
 * relies on that: a length that is wrong by one keeps it busy for a minute.
 */
export function isAnswer(bytes: Buffer): boolean {
  const message = readHead(bytes, 0, bytes.length)
  if (typeof message !== 'object' || message.end !== bytes.length) return false
  const [id, operation, more] = elementsOf(bytes, message) ?? []
  // Controls come only where they were asked for.
  if (!id || !operation || more || id.tag !== TAG.integer) return false
  if (id.end - id.start < 1 || id.end - id.start > LENGTH_BYTES_MAX) return false
  const parts = elementsOf(bytes, operation)
  if (!parts) return false
  switch (operation.tag) {
    case TAG.bindResponse:
    case TAG.searchDone:
      return isResult(parts)
    case TAG.searchReference:
      return parts.length > 0 && parts.every(isText)
    case TAG.searchEntry:
      return isEntry(bytes, parts)
    default:
      return false
  }
}

function isResult([code, matched, text, ...rest]: readonly Element[]): boolean {
  const isCode = code?.tag === TAG.enumeration && code.end - code.start === 1
  return isCode && isText(matched) && isText(text) && rest.every(({ tag }) => tag >= LONG)
}

function isEntry(bytes: Buffer, [name, attributes, more]: readonly Element[]): boolean {
  if (!isText(name) || attributes?.tag !== TAG.sequence || more) return false
  const list = elementsOf(bytes, attributes)
  return list?.every((attribute) => isAttribute(bytes, attribute)) ?? false
}

function isAttribute(bytes: Buffer, attribute: Element): boolean {
  const [name, values, more] =
    (attribute.tag === TAG.sequence && elementsOf(bytes, attribute)) || []
  if (!isText(name) || values?.tag !== TAG.set || more) return false
  return elementsOf(bytes, values)?.every(isText) ?? false
}

function isText(element: Element | undefined): boolean {
  return element?.tag === TAG.text
}

/** What an element holds; undefined where that does not end where the element does. */
function elementsOf(bytes: Buffer, { start, end }: Element): readonly Element[] | undefined {
  const elements: Element[] = []
  for (let at = start; at < end; ) {
    const element = readHead(bytes, at, end)
    if (typeof element !== 'object' || element.end > end) return undefined
    elements.push(element)
    at = element.end
  }
  return elements
}

function readHead(bytes: Buffer, at: number, limit: number): Element | 'none' | undefined {
  const tag = bytes[at]
  const first = bytes[at + 1]
  if (tag === undefined || first === undefined || at + 2 > limit) return undefined
  if (first < LONG) return { tag, start: at + 2, end: at + 2 + first }
  const lengthBytes = first - LONG
  if (lengthBytes === 0 || lengthBytes > LENGTH_BYTES_MAX) return 'none'
  const start = at + 2 + lengthBytes
  if (start > limit) return undefined
  return { tag, start, end: start + bytes.readUIntBE(at + 2, lengthBytes) }
}
