import { z } from 'zod'
import { type CaptureReport, WIRE_SIGNS, WIRE_WAYS } from '#domain/capture-report.ts'
import { formatAddress, parseAddress } from '#domain/ip-address.ts'
import { type MacAddress, parseMac } from '#domain/mac-address.ts'

const COUNT_MAX = Number.MAX_SAFE_INTEGER

const mac: z.ZodType<MacAddress> = z.string().transform((found, context) => {
  const value = found.length === 17 ? parseMac(found) : undefined
  return value === found ? value : refuse(context)
})
/** In canonical text alone, so that equal addresses are equal texts. */
const address: z.ZodType<string> = z.string().transform((found, context) => {
  const bytes = found.length <= 45 ? parseAddress(found) : undefined
  return bytes && formatAddress(bytes) === found ? found : refuse(context)
})
const count: z.ZodType<number> = z.int().min(0).max(COUNT_MAX)
const text = (charsMax: number): z.ZodType<string> => z.string().min(1).max(charsMax)
const name: z.ZodType<string> = z
  .string()
  .max(253)
  .regex(/^[a-z0-9_.-]+$/)

function refuse(context: z.core.$RefinementCtx): never {
  context.addIssue({ code: 'custom', message: 'refused' })
  return z.NEVER
}

const report = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('device-seen'),
    by: z.enum(['arp', 'nd', 'dhcp', 'mdns']),
    mac,
    address: address.optional(),
    hostname: text(128).optional(),
    fingerprint: z
      .string()
      .max(256)
      .regex(/^\d{1,3}(,\d{1,3})*$/)
      .optional(),
    vendorClass: text(128).optional(),
  }),
  z.strictObject({
    kind: z.literal('went-elsewhere'),
    way: z.enum(WIRE_WAYS),
    sign: z.enum(WIRE_SIGNS),
    mac: mac.optional(),
    address,
    server: address,
    port: z.int().min(0).max(65_535),
    name: name.optional(),
    packets: count,
  }),
  z.strictObject({
    kind: z.literal('rogue-server-seen'),
    part: z.enum(['dhcp', 'router']),
    mac,
    address,
    detail: z
      .string()
      .max(500)
      .regex(/^[\x20-\x7e]*$/),
  }),
  z.strictObject({
    kind: z.literal('capture-tally'),
    packets: count,
    dropped: count,
    malformed: count,
    reportsDropped: count,
    turnedAway: count,
  }),
  z.strictObject({
    kind: z.literal('source-changed'),
    interface: z.string().max(15),
    source: z.enum(['cap', 'tcpdump', 'file']),
    state: z.enum(['running', 'down']),
    detail: z.string().max(300),
  }),
])

/** A report as the capture process may send it; undefined for anything else. Never throws. */
export function readReport(found: unknown): CaptureReport | undefined {
  const { success, data } = report.safeParse(found)
  if (!success) return undefined
  return withoutUndefined(data)
}

/** What is absent is left out, not there as undefined. */
function withoutUndefined(data: z.infer<typeof report>): CaptureReport {
  switch (data.kind) {
    case 'device-seen': {
      const { address: at, hostname, fingerprint, vendorClass, ...rest } = data
      return {
        ...rest,
        ...(at !== undefined && { address: at }),
        ...(hostname !== undefined && { hostname }),
        ...(fingerprint !== undefined && { fingerprint }),
        ...(vendorClass !== undefined && { vendorClass }),
      }
    }
    case 'went-elsewhere': {
      const { mac: sender, name: server, ...rest } = data
      return {
        ...rest,
        ...(sender && { mac: sender }),
        ...(server !== undefined && { name: server }),
      }
    }
    case 'rogue-server-seen':
    case 'capture-tally':
    case 'source-changed':
      return data
    default:
      return data satisfies never
  }
}
