import { createReadStream } from 'node:fs'
import type { MacAddress } from '#domain/mac-address.ts'
import { isRandomMac } from '#domain/mac-address.ts'

/** Who made a device, by the first half of its MAC. */
export interface VendorNames {
  /** Undefined for MACs that devices make up, and for what is not in the list. From a file of the system, but text of strangers all the same. */
  readonly of: (mac: MacAddress) => string | undefined
  /** Prefixes that are known. */
  readonly size: number
  readonly bytes: number
}

/** Of the Debian package ieee-data: the IEEE's list (MA-L), some 5 MB of text. */
const FILES = ['/usr/share/ieee-data/oui.txt', '/var/lib/ieee-data/oui.txt']
export const NO_VENDORS =
  'devices are shown without their makers: install the Debian package ieee-data, then start the agent anew'

export const VENDOR_LIMITS = {
  prefixes: 100_000,
  nameBytes: 60,
  textBytes: 4_194_304,
  lineBytes: 1000,
} as const

/** In the one line of each block that counts: the other lines of 5 MB are never taken apart. */
const MARK = '(hex)'
const LINE = /^([0-9A-F]{2})-([0-9A-F]{2})-([0-9A-F]{2})\s+\(hex\)\s+(\S.*?)\s*$/
/** Blocks that are shared out further: the first half says nothing. */
const SHARED_OUT = 'IEEE Registration Authority'
const PREFIX_CHARS = 8
/** More than there are bytes of names. */
const PLACES = 2 ** 23

/** Reads the first of the files that is there, in slices, so that nothing waits for it. Without one `tell` says so, and nobody is known. */
export async function loadVendorNames(
  tell: (line: string) => void,
  files: readonly string[] = FILES,
): Promise<VendorNames> {
  for (const file of files) {
    // oxlint-disable-next-line no-await-in-loop -- the second is only read where there is no first
    const names = await readFile(file).catch(() => undefined)
    if (names) return names
  }
  tell(NO_VENDORS)
  return { of: () => undefined, size: 0, bytes: 0 }
}

async function readFile(file: string): Promise<VendorNames> {
  const taker = makeTaker()
  let rest = ''
  for await (const chunk of createReadStream(file, { encoding: 'latin1' })) {
    const text = `${rest}${String(chunk)}`
    const whole = text.lastIndexOf('\n') + 1
    takeLines(text.slice(0, whole), taker)
    rest = text.slice(whole, whole + VENDOR_LIMITS.lineBytes)
  }
  taker.take(rest)
  return taker.finish()
}

function takeLines(text: string, taker: Taker): void {
  for (let at = text.indexOf(MARK); at >= 0; ) {
    const end = text.indexOf('\n', at)
    taker.take(text.slice(text.lastIndexOf('\n', at) + 1, end))
    at = text.indexOf(MARK, end)
  }
}

interface Taker {
  readonly take: (line: string) => void
  readonly finish: () => VendorNames
}

/** Names stand in one buffer, each once; the prefixes in a sorted array, with where the name is. */
function makeTaker(): Taker {
  /** A prefix and a place as one number, so that they sort as numbers do, which is quick. */
  const found: number[] = []
  const places = new Map<string, number>()
  const parts: Buffer[] = []
  let textBytes = 0
  const place = (name: string): number => {
    const known = places.get(name)
    if (known !== undefined) return known
    const bytes = Buffer.from(name, 'latin1').subarray(0, VENDOR_LIMITS.nameBytes)
    const at = textBytes
    parts.push(Buffer.of(bytes.length), bytes)
    textBytes += 1 + bytes.length
    places.set(name, at)
    return at
  }
  return {
    take: (line) => {
      const [, a, b, c, name] = LINE.exec(line) ?? []
      if (name === undefined || name === SHARED_OUT) return
      const isFull = found.length >= VENDOR_LIMITS.prefixes || textBytes >= VENDOR_LIMITS.textBytes
      if (!isFull) found.push(Number.parseInt(`${a}${b}${c}`, 16) * PLACES + place(printable(name)))
    },
    finish: () => tableOf(Float64Array.from(found).toSorted(), Buffer.concat(parts)),
  }
}

function printable(name: string): string {
  return name.replaceAll(/[^\x20-\x7e\xa0-\xff]/g, '?')
}

function tableOf(sorted: Float64Array, text: Buffer): VendorNames {
  const prefixes = Uint32Array.from(sorted, (key) => Math.floor(key / PLACES))
  const places = Uint32Array.from(sorted, (key) => key % PLACES)
  return {
    size: prefixes.length,
    bytes: prefixes.byteLength + places.byteLength + text.length,
    of: (mac) => {
      if (isRandomMac(mac)) return undefined
      const wanted = Number.parseInt(mac.slice(0, PREFIX_CHARS).replaceAll(':', ''), 16)
      const at = places[indexOf(prefixes, wanted)]
      return at === undefined
        ? undefined
        : text.toString('latin1', at + 1, at + 1 + (text[at] ?? 0))
    },
  }
}

/** By halving; -1 where it is not there. */
function indexOf(sorted: Uint32Array, wanted: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle] ?? 0) < wanted) low = middle + 1
    else high = middle
  }
  return sorted[low] === wanted ? low : -1
}
