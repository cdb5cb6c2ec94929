import { put16 } from './put.ts'

/** Keys of SVCB parameters (RFC 9460 section 14.3.2, RFC 9461 section 9), in their order. */
const KEY = { alpn: 1, port: 3, ipv4hint: 4, ipv6hint: 6, dohpath: 7 } as const

export interface Designation {
  /** From 1: the lower the better. */
  readonly priority: number
  /** Wire form. */
  readonly target: Uint8Array
  readonly alpn: string
  readonly port: number
  /** 4 and 16 bytes each. */
  readonly ipv4: readonly Uint8Array[]
  readonly ipv6: readonly Uint8Array[]
  /** Of DNS over HTTPS alone. */
  readonly path: string | undefined
}

/** RDATA of an SVCB record that names an encrypted resolver (RFC 9460 section 2.2, RFC 9461 section 4). */
export function designation(offer: Designation): Buffer {
  const { priority, target, alpn, port, ipv4, ipv6, path } = offer
  return Buffer.concat([
    number16(priority),
    target,
    parameter(KEY.alpn, Buffer.concat([Buffer.of(alpn.length), Buffer.from(alpn, 'latin1')])),
    parameter(KEY.port, number16(port)),
    ...(ipv4.length > 0 ? [parameter(KEY.ipv4hint, Buffer.concat(ipv4))] : []),
    ...(ipv6.length > 0 ? [parameter(KEY.ipv6hint, Buffer.concat(ipv6))] : []),
    ...(path === undefined ? [] : [parameter(KEY.dohpath, Buffer.from(path))]),
  ])
}

function parameter(key: number, value: Buffer): Buffer {
  return Buffer.concat([number16(key), number16(value.length), value])
}

function number16(value: number): Buffer {
  const out = Buffer.alloc(2)
  put16(out, value, 0)
  return out
}
