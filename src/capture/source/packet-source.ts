/** Where packets come from. */
export interface PacketSource {
  /** Resolves, with the reason, when it has ended by itself. */
  readonly ended: Promise<string>
  /** What the kernel has dropped, as far as the source knows: 0 where it cannot. */
  readonly dropped: () => number
  /** No packet comes after it has resolved. */
  readonly close: () => Promise<void>
}

/**
 * Takes a packet as soon as it is there. Its bytes are the source's own and may change after the call. `atMs` is monotonic for what is live,
 * and the time of the capture for a file.
 */
export type TakePacket = (bytes: Uint8Array, length: number, linkType: number, atMs: number) => void

/** So much of a packet is captured: the first flight of QUIC and TLS, and any DHCP message, in one Ethernet frame. */
export const SNAP_BYTES = 1600
