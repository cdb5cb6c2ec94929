import { CLASS, HEADER_BYTES, TYPE } from './constants.ts'
import { put16 } from './put.ts'

/** Asks for an answer to the asker alone (RFC 6762 section 5.4). */
const UNICAST_RESPONSE = 0x8000

/** A question of multicast DNS for PTR records, to be answered to the asker: who asks from another port than 5353 is answered as by any server (RFC 6762 section 6.7). */
export function writePointerQuery(name: Uint8Array, id: number): Uint8Array {
  const out = new Uint8Array(HEADER_BYTES + name.length + 4)
  put16(out, id, 0)
  put16(out, 1, 4)
  out.set(name, HEADER_BYTES)
  put16(out, TYPE.PTR, HEADER_BYTES + name.length)
  put16(out, CLASS.IN | UNICAST_RESPONSE, HEADER_BYTES + name.length + 2)
  return out
}
