import { dirname, resolve } from 'node:path'
import type { Config } from './config.ts'
import type { Surroundings } from './normalise.ts'
import { isOwnListener } from './own-listener.ts'
import type { ReadyUpstream, ReadyZone } from './ready-config.ts'
import { readResolvConf } from './resolv-conf.ts'
import { type Endpoint, endpointText } from './sections/listen.ts'
import {
  DEFAULT_DOH_PATH,
  portOf,
  type UpstreamSection,
  type ZoneSection,
} from './sections/upstreams.ts'

/** The upstreams of the file, else of this machine, without this agent itself; and what is to be said of that. */
export function upstreamsOf(
  config: Config,
  listeners: readonly Endpoint[],
  { file, resolvConf, localAddresses }: Surroundings,
): { readonly upstreams: readonly ReadyUpstream[]; readonly notes: readonly string[] } {
  const folder = dirname(file?.path ?? '/')
  const sections: readonly UpstreamSection[] = config.upstreams ?? readResolvConf(resolvConf)
  const wished = sections.map((one) => readyUpstream(one, folder))
  const upstreams = wished.filter((one) => !isOwnListener(one, listeners, localAddresses))
  const notes = wished
    .filter((one) => !upstreams.includes(one))
    .map((one) => `upstream ${endpointText(one)} is this agent itself and is left out`)
  if (upstreams.length > 0) return { upstreams, notes }
  const none = 'no upstream: names that are not blocked cannot be answered; set upstreams'
  return { upstreams, notes: [...notes, none] }
}

export function readyZones(zones: readonly ZoneSection[], folder: string): readonly ReadyZone[] {
  return zones.map(({ zone, upstreams, 'allow-private': allowPrivate = false }) => ({
    zone,
    upstreams: upstreams.map((one) => readyUpstream(one, folder)),
    allowPrivate,
  }))
}

function readyUpstream(one: UpstreamSection, folder: string): ReadyUpstream {
  const { address, transport = 'udp', name = '', path, ca, validates = false } = one
  return {
    address,
    port: portOf(one),
    transport,
    name,
    path: transport === 'doh' ? (path ?? DEFAULT_DOH_PATH) : '',
    caFile: ca && resolve(folder, ca),
    validates,
  }
}
