import { z } from 'zod'
import { BYPASS_GRADES } from '#domain/bypass-event.ts'
import {
  type BandCounts,
  DEVICE_ADDRESSES_MAX,
  DEVICE_NETWORKS_MAX,
  DEVICE_PART_ROWS_MAX,
  DEVICE_TEXT_MAX,
  DEVICE_WAYS_MAX,
  type DeviceReport,
  type DeviceRow,
  type NetworkFacts,
  OTHER_NETWORK,
} from '#domain/device-report.ts'
import { IDENTITY_SOURCES, type Known } from '#domain/identity.ts'
import { formatAddress, parseAddress, parseCidr } from '#domain/ip-address.ts'
import { type MacAddress, parseMac } from '#domain/mac-address.ts'
import { count, instant, key, ratio, word } from './text-limits.ts'

const ADDRESS_LENGTH_MAX = 45
const NETWORK_LENGTH_MAX = 49
const FORWARDERS_MAX = 64

const text = z.string().min(1).max(DEVICE_TEXT_MAX)

/** In the one form that the box uses: so that one device is one row. */
const address = z
  .string()
  .max(ADDRESS_LENGTH_MAX)
  .refine((found) => {
    const bytes = parseAddress(found)
    return bytes !== undefined && formatAddress(bytes) === found
  }, 'not an address in canonical text')

const mac: z.ZodType<MacAddress> = z.custom<MacAddress>(
  (found) => typeof found === 'string' && parseMac(found) === found,
  'not a MAC address in lower case with colons',
)

const network = z
  .string()
  .max(NETWORK_LENGTH_MAX)
  .refine((found) => found === OTHER_NETWORK || parseCidr(found) !== undefined, 'not a network')

const known: z.ZodType<Known> = z.object({
  value: text,
  source: z.enum(IDENTITY_SOURCES),
  confidence: z.number().min(0).max(100),
  since: instant,
})

const device: z.ZodType<DeviceRow> = z.object({
  id: z.union([mac, address]),
  mac: mac.exactOptional(),
  isRandomMac: z.boolean(),
  addresses: z.array(address).max(DEVICE_ADDRESSES_MAX),
  name: known.exactOptional(),
  user: known.exactOptional(),
  group: known,
  vendor: text.exactOptional(),
  dhcp: z
    .object({ vendorClass: text.exactOptional(), fingerprint: text.exactOptional() })
    .exactOptional(),
  firstSeenAt: instant,
  lastSeenAt: instant,
  network: network.exactOptional(),
  bypass: z
    .object({
      grade: z.enum(BYPASS_GRADES),
      ways: z.array(word).max(DEVICE_WAYS_MAX),
      lastAt: instant,
    })
    .exactOptional(),
})

const bandCounts: z.ZodType<BandCounts> = z.object({
  certain: count,
  strong: count,
  fair: count,
  weak: count,
  none: count,
})

const networkFacts: z.ZodType<NetworkFacts> = z.object({
  network,
  name: text.exactOptional(),
  group: word,
  addresses: bandCounts,
  queries: bandCounts,
  forwarders: z.array(z.string().max(NETWORK_LENGTH_MAX)).max(FORWARDERS_MAX),
  hiddenSchool: z
    .object({ address, by: z.enum(['share', 'named-clients']), share: ratio, since: instant })
    .exactOptional(),
})

/** One part of what a box tells of devices. */
export const deviceSchema: z.ZodType<DeviceReport> = z.object({
  v: z.literal(1),
  appliance: key,
  at: instant,
  series: key,
  part: count,
  isWhole: z.boolean(),
  devices: z.array(device).max(DEVICE_PART_ROWS_MAX),
  gone: z.array(z.string().max(ADDRESS_LENGTH_MAX)).max(DEVICE_PART_ROWS_MAX),
  networks: z
    .object({
      networks: z.array(networkFacts).max(DEVICE_NETWORKS_MAX),
      sources: z.array(z.enum(IDENTITY_SOURCES)).max(IDENTITY_SOURCES.length),
    })
    .exactOptional(),
})
