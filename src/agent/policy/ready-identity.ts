import { resolve } from 'node:path'
import { type Cidr, formatAddress, parseAddress } from '#domain/ip-address.ts'
import type { MacAddress } from '#domain/mac-address.ts'
import { realmsOfDirectory } from './own-realms.ts'
import {
  DEFAULT_RADIUS_LISTEN,
  type DirectorySection,
  type ForwarderOption,
  type IdentitySection,
  type LeaseFormat,
  type RadiusSection,
} from './sections/identity.ts'
import type { Endpoint } from './sections/listen.ts'

/** A device that the configuration names; by `mac`, by `address`, or both. */
export interface ReadyDevice {
  readonly mac: MacAddress | undefined
  /** In canonical text. */
  readonly address: string | undefined
  /** That only it asks by. */
  readonly endpoint: string | undefined
  readonly name: string | undefined
  readonly user: string | undefined
  readonly group: string | undefined
}

/** Where RADIUS accounting is taken, and from whom. Secrets are read from files, at each start of the feed. */
export interface ReadyRadius {
  readonly listen: readonly Endpoint[]
  readonly clients: readonly { readonly from: Cidr; readonly secretFile: string }[]
  /** The school's own realms and NT domains, comparable; whoever is of another is a visitor. */
  readonly realms: readonly string[]
}

/** A directory that knows what groups a user is in. */
export interface ReadyDirectory {
  readonly url: string
  readonly base: string
  /** Undefined: anonymous. */
  readonly bindDn: string | undefined
  readonly passwordFile: string | undefined
  readonly caFile: string | undefined
  readonly userAttribute: string
  readonly groupAttribute: string
}

/** Who is asking: sources, and what they mean. Read by agent/identity; paths are absolute. */
export interface ReadyIdentity {
  readonly devices: readonly ReadyDevice[]
  /** User name -> group; lower case. */
  readonly users: ReadonlyMap<string, string>
  /** Group of the directory -> group, in the order of the file: the first that a user is in counts. */
  readonly memberOf: ReadonlyMap<string, string>
  readonly ownersFile: string | undefined
  readonly leases: readonly { readonly path: string; readonly format: LeaseFormat }[]
  readonly neighbours: boolean
  readonly names: { readonly reverse: boolean; readonly mdns: boolean }
  readonly radius: ReadyRadius | undefined
  readonly forwarders: readonly {
    readonly from: Cidr
    readonly trust: readonly ForwarderOption[]
  }[]
  readonly directory: ReadyDirectory | undefined
}

/** Fills in the defaults; `folder` is where the file's paths begin. */
export function readyIdentity(section: IdentitySection, folder: string): ReadyIdentity {
  const { devices = [], assign = [], owners, leases = [], radius, forwarders = [] } = section
  return {
    devices: devices.map((device) => ({
      mac: device.mac,
      address: device.address && canonical(device.address),
      endpoint: device.endpoint,
      name: device.name,
      user: device.user,
      group: device.group,
    })),
    users: new Map(
      assign.flatMap(({ user, group }) =>
        user === undefined ? [] : [[user.toLowerCase(), group]],
      ),
    ),
    memberOf: new Map(
      assign.flatMap((rule) =>
        rule['member-of'] === undefined ? [] : [[rule['member-of'], rule.group]],
      ),
    ),
    ownersFile: owners && resolve(folder, owners),
    leases: leases.map(({ path, format }) => ({ path: resolve(folder, path), format })),
    neighbours: section.neighbours ?? true,
    names: { reverse: section.names?.reverse ?? true, mdns: section.names?.mdns ?? false },
    radius: radius && readyRadius(radius, section.directory, folder),
    forwarders,
    directory: section.directory && readyDirectory(section.directory, folder),
  }
}

function readyRadius(
  { listen, clients, realms = [] }: RadiusSection,
  directory: DirectorySection | undefined,
  folder: string,
): ReadyRadius {
  return {
    realms: realms.length > 0 ? realms : realmsOfDirectory(directory?.base),
    listen: listen ?? DEFAULT_RADIUS_LISTEN,
    clients: clients.map((one) => ({
      from: one.from,
      secretFile: resolve(folder, one['secret-file']),
    })),
  }
}

function readyDirectory(section: DirectorySection, folder: string): ReadyDirectory {
  const { url, base, ca } = section
  const passwordFile = section['password-file']
  return {
    url,
    base,
    bindDn: section['bind-dn'],
    passwordFile: passwordFile && resolve(folder, passwordFile),
    caFile: ca && resolve(folder, ca),
    userAttribute: section['user-attribute'] ?? 'sAMAccountName',
    groupAttribute: section['group-attribute'] ?? 'memberOf',
  }
}

function canonical(text: string): string {
  const bytes = parseAddress(text)
  return bytes ? formatAddress(bytes) : text
}
