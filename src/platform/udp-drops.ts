import { readFileSync } from 'node:fs'
import type { AddressBytes } from '#domain/ip-address.ts'

/** What Linux tells of all UDP sockets of this network namespace (proc_pid_net(5)). */
const FILES = ['/proc/net/udp', '/proc/net/udp6'] as const
const WORD_BYTES = 4

interface BoundSocket {
  readonly address: AddressBytes
  readonly port: number
}

/** Datagrams that the kernel has dropped for want of room on sockets bound to exactly these; 0 where the system does not tell. */
export function kernelDrops(sockets: readonly BoundSocket[]): number {
  const places = new Set(sockets.map(placeText))
  return FILES.flatMap((file) => readLines(file))
    .map((line) => line.trim().split(/\s+/))
    .filter(([, place = '']) => places.has(place))
    .reduce((sum, fields) => sum + (Number(fields.at(-1)) || 0), 0)
}

/** As the kernel writes it: hexadecimal, each word of an address in the machine's order, which is little-endian on x64 and arm64. */
function placeText({ address, port }: BoundSocket): string {
  let words = ''
  for (let at = 0; at < address.length; at += WORD_BYTES)
    words += Buffer.from(address.subarray(at, at + WORD_BYTES).toReversed()).toString('hex')
  return `${words}:${port.toString(16).padStart(4, '0')}`.toUpperCase()
}

function readLines(file: string): readonly string[] {
  try {
    return readFileSync(file, 'latin1').split('\n').slice(1)
  } catch {
    return []
  }
}
