import type { CaptureSource } from '#domain/capture-settings.ts'
import { formatAddress, parseAddress } from '#domain/ip-address.ts'
import type { CaptureSection } from './sections/capture.ts'

/** What is watched on the wire. Read by agent/capture; addresses are in canonical text. */
export interface ReadyCapture {
  /** Empty: nothing is captured. */
  readonly interfaces: readonly string[]
  readonly source: CaptureSource
  /** Resolvers that may be asked and may ask, beside this machine. */
  readonly resolvers: readonly string[]
  /** Empty: it is not known who may answer, and nobody is told. */
  readonly dhcpServers: readonly string[]
  /** Addresses and MACs; empty: likewise. */
  readonly routers: readonly string[]
}

/** Fills in the defaults. */
export function readyCapture(section: CaptureSection): ReadyCapture {
  return {
    interfaces: [...new Set(section.interfaces ?? [])],
    source: section.source ?? 'auto',
    resolvers: (section.resolvers ?? []).map(canonical),
    dhcpServers: (section['dhcp-servers'] ?? []).map(canonical),
    routers: section.routers ?? [],
  }
}

function canonical(text: string): string {
  const bytes = parseAddress(text)
  return bytes ? formatAddress(bytes) : text
}
