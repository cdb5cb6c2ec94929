/** A captured packet as far as it was read: a view over its bytes, reused for the next one, never kept. */
export interface Packet {
  bytes: Uint8Array
  /** The end of what was captured. */
  end: number
  /** Where the sender's MAC stands; -1 where the link has none. */
  macAt: number
  etherType: number
  /** Where the ARP or IP header begins. */
  networkAt: number
  /** 0 for what is not IP. */
  family: 0 | 4 | 6
  sourceAt: number
  targetAt: number
  hopLimit: number
  /** Of what follows all IP headers; -1 where that is not here (a later fragment). */
  protocol: number
  transportAt: number
  sourcePort: number
  targetPort: number
  /** What UDP or TCP carries; ends where the headers say, or where the capture was cut. */
  payloadAt: number
  payloadEnd: number
}

export const ETHER_TYPE = {
  ipv4: 0x0800,
  arp: 0x0806,
  ipv6: 0x86dd,
} as const
export const PROTOCOL = { tcp: 6, udp: 17, icmpv6: 58 } as const

export function newPacket(): Packet {
  return {
    bytes: new Uint8Array(0),
    end: 0,
    macAt: -1,
    etherType: 0,
    networkAt: 0,
    family: 0,
    sourceAt: 0,
    targetAt: 0,
    hopLimit: 0,
    protocol: -1,
    transportAt: 0,
    sourcePort: 0,
    targetPort: 0,
    payloadAt: 0,
    payloadEnd: 0,
  }
}

/** How far a packet could be read: `other` is well, and none of our business. */
export type Reading = 'ok' | 'other' | 'malformed'

/** Two bytes, the higher first. The caller has seen to it that they are there. */
export function word(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!
}

/** Of its two addresses, in bytes. */
export function addressLength(packet: Packet): 4 | 16 {
  return packet.family === 6 ? 16 : 4
}
