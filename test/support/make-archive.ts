/** Archives as a hostile author may make them: every field is said by the test. */
import { crc32, deflateRawSync } from 'node:zlib'

export interface TarEntry {
  readonly path: string
  readonly body?: string
  /** `0` a file, `2` a link, `3` a device, `5` a folder, `L` a long name, `x` a pax header. */
  readonly type?: string
  readonly link?: string
}

const BLOCK = 512

export function tarOf(entries: readonly TarEntry[], isEnded = true): Buffer {
  const blocks = entries.flatMap(({ path, body = '', type = '0', link = '' }) => {
    const bytes = Buffer.from(body)
    const header = Buffer.alloc(BLOCK)
    header.write(path.slice(0, 100), 0)
    header.write('0000644\0', 100)
    header.write(`${bytes.length.toString(8).padStart(11, '0')}\0`, 124)
    header.write('        ', 148)
    header.write(type, 156)
    header.write(link, 157)
    header.write('ustar\0', 257)
    header.write('00', 263)
    const sum = header.reduce((total, byte) => total + byte, 0)
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
    const padding = Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK)
    return [header, bytes, padding]
  })
  return Buffer.concat([...blocks, Buffer.alloc(isEnded ? 2 * BLOCK : 0)])
}

export interface ZipEntry {
  readonly path: string
  readonly body: Buffer | string
  readonly isStored?: boolean
  readonly isEncrypted?: boolean
  /** Of Unix, as `0o120777` for a link. */
  readonly mode?: number
  /** What the directory says instead of the truth. */
  readonly claimedBytes?: number
}

export function zipOf(entries: readonly ZipEntry[]): Buffer {
  const locals: Buffer[] = []
  const directory: Buffer[] = []
  let at = 0
  for (const { path, body, isStored, isEncrypted, mode = 0o100644, claimedBytes } of entries) {
    const bytes = Buffer.from(body)
    const packed = isStored ? bytes : deflateRawSync(bytes)
    const name = Buffer.from(path)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(isEncrypted ? 1 : 0, 2)
    common.writeUInt16LE(isStored ? 0 : 8, 4)
    common.writeUInt32LE(crc32(bytes), 10)
    common.writeUInt32LE(packed.length, 14)
    common.writeUInt32LE(claimedBytes ?? bytes.length, 18)
    common.writeUInt16LE(name.length, 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, name, packed])
    const rest = Buffer.alloc(14)
    rest.writeUInt32LE((mode << 16) >>> 0, 6)
    rest.writeUInt32LE(at, 10)
    directory.push(Buffer.from('PK\x01\x02', 'latin1'), Buffer.from([20, 3]), common, rest, name)
    locals.push(local)
    at += local.length
  }
  const whole = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 0, 'latin1')
  end.writeUInt16LE(entries.length, 8)
  end.writeUInt16LE(entries.length, 10)
  end.writeUInt32LE(whole.length, 12)
  end.writeUInt32LE(at, 16)
  return Buffer.concat([...locals, whole, end])
}
