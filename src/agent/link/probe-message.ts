const HEADER_BYTES = 12
const TYPE_NS = 2
const CLASS_IN = 1
const LABEL_BYTES_MAX = 63
const NAME_BYTES_MAX = 255

/**
 * A query for the NS records of a name (RFC 1035 section 4.1), recursion desired. The root is `.`; a name is plain ASCII from the
 * configuration. Throws `ProbeNameError` for a name that no message can hold: a start-up fault.
 */
export function probeMessage(id: number, name: string): Buffer {
  const labels = name.split('.').filter((label) => label !== '')
  const bytes = labels.reduce((sum, label) => sum + label.length + 1, 1)
  if (bytes > NAME_BYTES_MAX || labels.some((label) => label.length > LABEL_BYTES_MAX))
    throw new ProbeNameError(
      `probe name ${JSON.stringify(name.slice(0, NAME_BYTES_MAX))} is too long`,
    )
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt16BE(id, 0)
  header.writeUInt16BE(0x0100, 2)
  header.writeUInt16BE(1, 4)
  const question = labels.map((label) =>
    Buffer.from([label.length, ...Buffer.from(label, 'ascii')]),
  )
  return Buffer.concat([header, ...question, Buffer.from([0, 0, TYPE_NS, 0, CLASS_IN])])
}

/** Whether a message answers the probe of this id, whatever it says. */
export function isProbeAnswer(message: Uint8Array, id: number): boolean {
  if (message.length < HEADER_BYTES) return false
  const [high = 0, low = 0, flags = 0] = message
  return high * 256 + low === id && (flags & 0x80) !== 0
}

/** The configured name cannot be asked for. */
class ProbeNameError extends Error {
  readonly code = 'EDGE_PROBE_NAME'
}
