/** Devices whose names are attacks. */
import type { DeviceRow } from '#domain/device-report.ts'
import { device, known } from './device-rows.ts'

/** What people have put into names to run script, to break pages, or to run programs from spreadsheets. */
export const HOSTILE_NAMES: readonly string[] = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "'-alert(1)-'",
  '<svg/onload=alert(1)>',
  '<iframe srcdoc="<script>parent.alert(1)</script>">',
  'javascript:alert(1)',
  '{{constructor.constructor("alert(1)")()}}',
  '${alert(1)}',
  '</title><script>alert(1)</script>',
  '</script><script>alert(1)</script>',
  '<a href="javascript:alert(1)">x</a>',
  '" autofocus onfocus=alert(1) x="',
  '<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>',
  '\u202Eevil\u202C\u2066\u2067',
  'שלום עולם ‏العربية',
  'W'.repeat(255),
  'w '.repeat(127),
  `Z${'\u0301'.repeat(200)}`,
  '\u0000\u0007\u001b[31m\r\n',
  "=cmd|' /C calc'!A0",
  '<b>bold</b>&amp;&lt;',
  '\u{1F600}'.repeat(60),
]
/** One device for each hostile text, in every place that takes text. */
export function hostileDevices(): readonly DeviceRow[] {
  return HOSTILE_NAMES.map((text, index) =>
    device(index, {
      name: known(text),
      user: known(text, 95, 'radius'),
      group: known(text),
      vendor: text,
      dhcp: { vendorClass: text, fingerprint: text },
      addresses: ['192.0.2.1', '2001:db8:1234:5678:9abc:def0:1234:5678'],
      firstSeenAt: Date.now(),
      isRandomMac: index % 2 === 0,
      bypass: { grade: 'high', ways: ['vpn', text.slice(0, 100)], lastAt: Date.now() },
    }),
  )
}
