import { networkInterfaces } from 'node:os'

/**
 * Whether any interface but loopback has carrier and an address that leads beyond its own cable. The operating system leaves
 * interfaces without carrier out.
 */
export function hasNetwork(): boolean {
  return Object.values(networkInterfaces()).some((addresses) =>
    addresses?.some(({ address, internal }) => !internal && !isLinkLocal(address)),
  )
}

function isLinkLocal(address: string): boolean {
  return address.startsWith('fe80:') || address.startsWith('169.254.')
}
