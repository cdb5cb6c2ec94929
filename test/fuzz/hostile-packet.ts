import { mutate } from './mutate.ts'
import type { Random } from './random.ts'
import { anyQuery } from './raw-query.ts'

const RANDOM_BYTES_MAX = 4_096
const UDP_BYTES_MAX = 65_507
const HUGE_SHARE = 0.0005

/** Half broken queries for `names` (a few left whole), half noise of any size. */
export function hostilePacket(random: Random, names: readonly [string, ...string[]]): Buffer {
  if (random.chance(0.5)) {
    const query = anyQuery(random, names)
    return random.chance(0.1) ? query.bytes : mutate(query, random)
  }
  if (random.chance(HUGE_SHARE))
    return noise(random, random.pick([UDP_BYTES_MAX, RANDOM_BYTES_MAX + random.int(50_000)]))
  return noise(random, random.int(random.chance(0.5) ? 80 : RANDOM_BYTES_MAX + 1))
}

/** Half of it with a header that gets past the first look: QR and opcode clear, one question. */
function noise(random: Random, length: number): Buffer {
  const bytes = random.bytes(length)
  if (length < 12 || random.chance(0.5)) return bytes
  bytes.writeUInt16BE(0x0100, 2)
  bytes.writeUInt16BE(1, 4)
  for (const at of [6, 8, 10]) bytes.writeUInt16BE(random.int(4), at)
  if (length > 14) bytes[12] = random.int(16)
  return bytes
}
