import { resolve } from 'node:path'
import { type AddressBytes, parseAddress } from '#domain/ip-address.ts'
import { isLoopback } from './own-listener.ts'
import type { ReadyEncrypted } from './ready-config.ts'
import { DEFAULT_DOH_PORT, DEFAULT_DOT_PORT, type DnsTlsSection } from './sections/encrypted.ts'
import { type Endpoint, type ListenSection, withPort } from './sections/listen.ts'

const LINK_LOCAL = /^(fe[89ab]|169\.254\.)/i

/** Fills in ports and paths, and finds out at which addresses clients reach the listeners. */
export function readyEncrypted(
  { dot = [], doh = [], tls = {} }: ListenSection,
  folder: string,
  localAddresses: readonly string[],
): ReadyEncrypted {
  const endpoints = {
    dot: dot.map((one) => withPort(one, DEFAULT_DOT_PORT)),
    doh: doh.map((one) => withPort(one, DEFAULT_DOH_PORT)),
  }
  return {
    ...endpoints,
    files: filesOf(tls, folder),
    name: tls.name,
    addresses: addressesOf([...endpoints.dot, ...endpoints.doh], localAddresses),
  }
}

function filesOf({ certificate, key }: DnsTlsSection, folder: string): ReadyEncrypted['files'] {
  // One without the other was refused before.
  if (certificate === undefined || key === undefined) return undefined
  return { certificate: resolve(folder, certificate), key: resolve(folder, key) }
}

/** Of a listener on every address: those that the machine has. Loopback counts only where there is nothing else. */
function addressesOf(
  endpoints: readonly Endpoint[],
  localAddresses: readonly string[],
): readonly AddressBytes[] {
  const texts = new Set(
    endpoints.flatMap(({ address }) => {
      if (address === '0.0.0.0') return localAddresses.filter((one) => !one.includes(':'))
      return address === '::' ? localAddresses.filter((one) => one.includes(':')) : [address]
    }),
  )
  const all = [...texts].filter((text) => !LINK_LOCAL.test(text))
  const reachable = all.filter((text) => !isLoopback(text))
  return (reachable.length > 0 ? reachable : all).flatMap((text) => parseAddress(text) ?? [])
}
