import type { z } from 'zod'
import { type Cidr, parseAddress, parseCidr } from '#domain/ip-address.ts'
import { type MacAddress, parseMac } from '#domain/mac-address.ts'
import { ENDPOINT_ID } from '../../listen/peer.ts'
import { type Complaint, complaint } from '../complaint.ts'
import { address, block, choice, field, flag, integer, listOf, shortName, text } from '../fields.ts'
import { FILE_LIMITS } from '../limits.ts'
import { comparableRealm } from '../own-realms.ts'
import type { Endpoint } from './listen.ts'
import { readNetwork } from './networks.ts'

const LEASE_FORMATS = ['dnsmasq', 'kea', 'isc'] as const
/** Whose lease file it is: dnsmasq.leases, Kea's memfile (CSV), or ISC dhcpd.leases. */
export type LeaseFormat = (typeof LEASE_FORMATS)[number]

const FORWARDER_OPTIONS = ['client-subnet', 'mac'] as const
/** What of a query a forwarder is believed in: EDNS Client Subnet (RFC 7871), or the option 65001 with the device's MAC. */
export type ForwarderOption = (typeof FORWARDER_OPTIONS)[number]

export interface DeviceSection {
  readonly mac?: MacAddress | undefined
  readonly address?: string | undefined
  /** The last part of a DoH path, or the first of a DoT name, that only this device is given. */
  readonly endpoint?: string | undefined
  readonly name?: string | undefined
  readonly user?: string | undefined
  readonly group?: string | undefined
}

/** `group` for whoever one of the others names. */
export interface AssignSection {
  readonly user?: string | undefined
  readonly 'member-of'?: string | undefined
  readonly group: string
}

export interface RadiusSection {
  readonly listen?: readonly Endpoint[] | undefined
  readonly clients: readonly { readonly from: Cidr; readonly 'secret-file': string }[]
  readonly realms?: readonly string[] | undefined
}

export interface DirectorySection {
  readonly url: string
  readonly base: string
  readonly 'bind-dn'?: string | undefined
  readonly 'password-file'?: string | undefined
  readonly ca?: string | undefined
  readonly 'user-attribute'?: string | undefined
  readonly 'group-attribute'?: string | undefined
}

export interface IdentitySection {
  readonly devices?: readonly DeviceSection[] | undefined
  readonly assign?: readonly AssignSection[] | undefined
  readonly owners?: string | undefined
  readonly leases?: readonly { readonly path: string; readonly format: LeaseFormat }[] | undefined
  readonly neighbours?: boolean | undefined
  readonly names?:
    | { readonly reverse?: boolean | undefined; readonly mdns?: boolean | undefined }
    | undefined
  readonly radius?: RadiusSection | undefined
  readonly forwarders?:
    | readonly { readonly from: Cidr; readonly trust: readonly ForwarderOption[] }[]
    | undefined
  readonly directory?: DirectorySection | undefined
}

const RADIUS_PORT = 1813
export const DEFAULT_RADIUS_LISTEN: readonly Endpoint[] = [
  { address: '0.0.0.0', port: RADIUS_PORT },
]

const mac: z.ZodType<MacAddress> = field((found) => {
  const value = typeof found === 'string' ? parseMac(found) : undefined
  return value === undefined
    ? { allowed: 'a MAC address such as 02:00:5e:00:53:01', hint: 'put it in quotes' }
    : { value }
})

/** One address or a network. */
const addresses: z.ZodType<Cidr> = field((found) => {
  const one = typeof found === 'string' && !found.includes('%') ? parseAddress(found) : undefined
  if (one) return { value: { bytes: one, prefixLength: one.length * 8 } }
  return typeof found === 'string' && parseCidr(found)
    ? readNetwork(found)
    : { allowed: 'an address, or a network such as 10.20.0.0/16' }
})

const REALM_CHARS_MAX = 253
const REALM = /^[\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)*$/u

const file = (): z.ZodType<string> => text('a file', 300)

const device: z.ZodType<DeviceSection> = block({
  mac: mac.optional(),
  address: address().optional(),
  endpoint: field((found) =>
    typeof found === 'string' && ENDPOINT_ID.test(found)
      ? { value: found }
      : { allowed: 'an id of 8 to 32 lower-case letters and digits, hard to guess' },
  ).optional(),
  name: text('a name', 64).optional(),
  user: text('a user', 128).optional(),
  group: shortName('a group').optional(),
})

const assign: z.ZodType<AssignSection> = block({
  user: text('a user', 128).optional(),
  'member-of': text('a group of the directory', 300).optional(),
  group: shortName('a group'),
})

/** The realm of a network access identifier (RFC 7542 section 2.2), or the name of an NT domain; in lower case. */
const realm: z.ZodType<string> = field((found) => {
  const allowed = 'a realm such as school.example, or an NT domain such as SCHOOL'
  if (typeof found === 'number' || typeof found === 'boolean')
    return { allowed, hint: 'put it in quotes' }
  if (typeof found !== 'string' || found.length > REALM_CHARS_MAX) return { allowed }
  if (/[@\\]/.test(found)) return { allowed, hint: 'only the realm itself, without @ and \\' }
  return REALM.test(found) ? { value: comparableRealm(found) } : { allowed }
})

const radius: z.ZodType<RadiusSection> = block({
  listen: listOf(
    block({ address: address(), port: integer(0, 65_535) }),
    'addresses with ports',
    FILE_LIMITS.listeners,
  ).optional(),
  clients: listOf(
    block({ from: addresses, 'secret-file': file() }),
    'clients',
    FILE_LIMITS.radiusClients,
  ),
  realms: listOf(realm, 'realms', FILE_LIMITS.radiusRealms).optional(),
})

const directory: z.ZodType<DirectorySection> = block({
  url: field((found) =>
    typeof found === 'string' && /^ldaps?:\/\/[^\s/]+\/?$/.test(found)
      ? { value: found }
      : { allowed: 'ldaps://HOST or ldap://HOST, with :PORT if it is another' },
  ),
  base: text('a DN', 300),
  'bind-dn': text('a DN', 300).optional(),
  'password-file': file().optional(),
  ca: file().optional(),
  'user-attribute': text('an attribute', 64).optional(),
  'group-attribute': text('an attribute', 64).optional(),
})

/** `identity`: what tells the box whose a device is, and which groups that means. */
export const identitySection: z.ZodType<IdentitySection> = block({
  devices: listOf(device, 'devices', FILE_LIMITS.devices).optional(),
  assign: listOf(assign, 'rules', FILE_LIMITS.assignments).optional(),
  owners: file().optional(),
  leases: listOf(
    block({ path: file(), format: choice(LEASE_FORMATS) }),
    'lease files',
    FILE_LIMITS.leaseFiles,
  ).optional(),
  neighbours: flag().optional(),
  names: block({ reverse: flag().optional(), mdns: flag().optional() }).optional(),
  radius: radius.optional(),
  forwarders: listOf(
    block({
      from: addresses,
      trust: listOf(choice(FORWARDER_OPTIONS), 'options', FORWARDER_OPTIONS.length),
    }),
    'forwarders',
    FILE_LIMITS.forwarders,
  ).optional(),
  directory: directory.optional(),
})

/** What only a whole block can get wrong. */
export function checkIdentity({
  devices = [],
  assign: rules = [],
}: IdentitySection): readonly Complaint[] {
  return [
    ...devices.flatMap((one, i) =>
      one.mac === undefined && one.address === undefined && one.endpoint === undefined
        ? [
            complaint(
              ['identity', 'devices', i],
              'a mac, an address or an endpoint',
              'nothing says which device it is',
            ),
          ]
        : [],
    ),
    ...rules.flatMap((rule, i) =>
      (rule.user === undefined) === (rule['member-of'] === undefined)
        ? [complaint(['identity', 'assign', i], 'either user or member-of', '')]
        : [],
    ),
  ]
}
