/** Values over a pipe: four bytes of length, the highest first, then JSON in UTF-8. */

const HEADER_BYTES = 4

/** Of one value. */
export function frameOf(value: unknown): Buffer {
  const text = JSON.stringify(value)
  const length = Buffer.byteLength(text)
  const frame = Buffer.allocUnsafe(HEADER_BYTES + length)
  frame.writeUInt32BE(length, 0)
  frame.write(text, HEADER_BYTES)
  return frame
}

export interface FrameEvents {
  readonly onFrame: (value: unknown) => void
  /** A frame is longer than allowed, empty or no JSON: what follows it cannot be found. Told once; nothing is read after it. */
  readonly onBroken: (why: string) => void
}

/**
 * Puts frames together from parts of any size. Keeps at most one frame of `bytesMax`, whatever comes. A long part of another length costs
 * one copy of each byte.
 */
export function makeFrameReader(bytesMax: number, events: FrameEvents): (part: Uint8Array) => void {
  const header = Buffer.alloc(HEADER_BYTES)
  let headerBytes = 0
  let body: Buffer | undefined
  let bodyBytes = 0
  let isBroken = false
  const fail = (why: string): void => {
    isBroken = true
    body = undefined
    events.onBroken(why)
  }
  const begin = (): void => {
    const length = header.readUInt32BE(0)
    headerBytes = 0
    if (length === 0 || length > bytesMax)
      return fail(`a frame of ${length} bytes; allowed: 1 to ${bytesMax}`)
    body = Buffer.allocUnsafe(length)
    bodyBytes = 0
  }
  const finish = (whole: Buffer): void => {
    body = undefined
    const value = parsed(whole)
    if (value === undefined) return fail('a frame that is no JSON')
    events.onFrame(value)
  }
  return (part) => {
    for (let at = 0; at < part.length; ) {
      if (isBroken) return
      if (!body) {
        header[headerBytes++] = part[at++] ?? 0
        if (headerBytes === HEADER_BYTES) begin()
        continue
      }
      const taken = Math.min(body.length - bodyBytes, part.length - at)
      body.set(part.subarray(at, at + taken), bodyBytes)
      bodyBytes += taken
      at += taken
      if (bodyBytes === body.length) finish(body)
    }
  }
}

function parsed(bytes: Buffer): unknown {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'))
    return value
  } catch {
    return undefined
  }
}
