import { networkInterfaces } from 'node:os'

/** The addresses of this machine, as they are now. */
export function localAddresses(): readonly string[] {
  return Object.values(networkInterfaces()).flatMap(
    (addresses) => addresses?.map(({ address }) => address) ?? [],
  )
}
