import { deviceName } from '#domain/device-name.ts'

/** Of multicast DNS (RFC 6762 section 3): it says nothing of the device. */
const LOCAL = /\.local$/i

/** What a name in wire form calls a device; labels are UTF-8 at best. Undefined where that is nothing. */
export function deviceNameOf(name: Uint8Array): string | undefined {
  const labels: string[] = []
  for (let at = 0; (name[at] ?? 0) > 0; at += 1 + (name[at] ?? 0))
    labels.push(Buffer.from(name.subarray(at + 1, at + 1 + (name[at] ?? 0))).toString('utf8'))
  return deviceName(labels.join('.').replace(LOCAL, ''))
}
