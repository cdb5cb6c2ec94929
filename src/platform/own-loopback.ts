const PID_BITS = 22

/**
 * An IPv4 loopback address that is no other process's of this machine: its last 22 bits are the number of the process (Linux has no higher
 * ones), and the whole of 127.0.0.0/8 is this machine (RFC 1122 section 3.2.1.3). From 127.64.0.0 on.
 */
export function ownLoopback(pid: number = process.pid): string {
  const bits = pid & (2 ** PID_BITS - 1)
  return `127.${64 + (bits >>> 16)}.${(bits >>> 8) & 0xff}.${bits & 0xff}`
}
