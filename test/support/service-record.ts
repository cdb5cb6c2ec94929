/** Records that dns-packet has no words for, made by hand: SVCB and HTTPS, and signatures. */

import type { Answer } from 'dns-packet'
import { wireName } from '#test/support/wire-name.ts'

export const HTTPS = 'TYPE65'
const KEY = { mandatory: 0, alpn: 1, ipv4hint: 4, ech: 5, ipv6hint: 6 } as const
export type ServiceParams = Partial<Record<keyof typeof KEY, Buffer>>

export interface ServiceOptions {
  readonly target?: string
  readonly priority?: number
  readonly type?: number
  readonly ttl?: number
}

/** An HTTPS record (RFC 9460): type 65, or another of its kind. */
export function https(
  name: string,
  params: ServiceParams,
  { target = '.', priority = 1, type = 65, ttl = 300 }: ServiceOptions = {},
): Answer {
  return unknown(type, name, serviceData(params, target, priority), ttl)
}

/** RDATA of one: priority, target, parameters in the order of their keys. */
export function serviceData(params: ServiceParams, target = '.', priority = 1): Buffer {
  const parts = Object.entries(KEY).flatMap(([word, key]) => {
    const value = params[word as keyof typeof KEY]
    return value ? [u16(key), u16(value.length), value] : []
  })
  return Buffer.concat([u16(priority), wireName(target), ...parts])
}

/** A signature that nobody could verify, which is all that a forwarder sees of one (RFC 4034 section 3.1). */
export function rrsig(name: string, covered: number, ttl = 300): Answer {
  const fixed = Buffer.alloc(16)
  fixed.writeUInt8(15, 0)
  fixed.writeUInt8(2, 1)
  fixed.writeUInt32BE(ttl, 2)
  return unknown(
    46,
    name,
    Buffer.concat([u16(covered), fixed, wireName('test'), Buffer.alloc(64, 7)]),
    ttl,
  )
}

export function addresses(...texts: readonly string[]): Buffer {
  return Buffer.from(
    texts.flatMap((text) =>
      text.includes(':')
        ? expand(text).flatMap((group) => [group >> 8, group & 0xff])
        : text.split('.').map(Number),
    ),
  )
}

function unknown(type: number, name: string, data: Buffer, ttl: number): Answer {
  // The types of dns-packet know no record by number; its encoder does.
  return { type: `UNKNOWN_${type}`, name, ttl, data } as unknown as Answer
}

function expand(text: string): number[] {
  const [head = '', tail] = text.split('::')
  const read = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16))
  const first = read(head)
  const last = tail === undefined ? [] : read(tail)
  return [...first, ...Array<number>(8 - first.length - last.length).fill(0), ...last]
}

function u16(value: number): Buffer {
  const out = Buffer.alloc(2)
  out.writeUInt16BE(value)
  return out
}
