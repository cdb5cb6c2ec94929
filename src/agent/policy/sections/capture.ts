import type { z } from 'zod'
import {
  CAPTURE_SETTINGS_LIMITS,
  CAPTURE_SOURCES,
  type CaptureSource,
} from '#domain/capture-settings.ts'
import { formatAddress, parseAddress } from '#domain/ip-address.ts'
import { parseMac } from '#domain/mac-address.ts'
import { address, block, choice, field, listOf } from '../fields.ts'
import { FILE_LIMITS } from '../limits.ts'

export interface CaptureSection {
  readonly interfaces?: readonly string[] | undefined
  readonly source?: CaptureSource | undefined
  readonly resolvers?: readonly string[] | undefined
  readonly 'dhcp-servers'?: readonly string[] | undefined
  readonly routers?: readonly string[] | undefined
}

/** Linux allows 15 bytes; none may look like an option of a program. */
const INTERFACE = /^[a-zA-Z0-9][a-zA-Z0-9._@-]{0,14}$/

const interfaceName: z.ZodType<string> = field((found) =>
  typeof found === 'string' && INTERFACE.test(found)
    ? { value: found }
    : { allowed: 'the name of an interface such as eth0; `ip link` lists them' },
)

/** As the other side writes it, so that texts can be compared. */
const router: z.ZodType<string> = field((found) => {
  const mac = typeof found === 'string' ? parseMac(found) : undefined
  const bytes = typeof found === 'string' ? parseAddress(found) : undefined
  const value = mac ?? (bytes && formatAddress(bytes))
  return value === undefined
    ? {
        allowed: 'an address such as fe80::1, or a MAC such as 02:00:5e:00:53:01',
        hint: 'put it in quotes',
      }
    : { value }
})

const addresses = (): z.ZodType<readonly string[]> =>
  listOf(address(), 'addresses', FILE_LIMITS.captureAddresses)

/** `capture`: what is watched on the wire, and who may be there. */
export const captureSection: z.ZodType<CaptureSection> = block({
  interfaces: listOf(interfaceName, 'interfaces', CAPTURE_SETTINGS_LIMITS.interfaces).optional(),
  source: choice(CAPTURE_SOURCES).optional(),
  resolvers: addresses().optional(),
  'dhcp-servers': addresses().optional(),
  routers: listOf(router, 'routers', FILE_LIMITS.captureAddresses).optional(),
})
