import { readFileSync } from 'node:fs'

/** Of net/if.h. */
const IFF_UP = 1
/** Of libpcap: all interfaces at once. */
const ANY = 'any'

/** Whether an interface is there and up, so that it can be opened. */
export function isUp(name: string): boolean {
  if (name === ANY) return true
  try {
    return (Number(readFileSync(`/sys/class/net/${name}/flags`, 'utf8')) & IFF_UP) === IFF_UP
  } catch {
    return false
  }
}
