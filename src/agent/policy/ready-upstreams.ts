import { dirname, resolve } from 'node:path'
import type { Config } from './config.ts'
import type { Surroundings } from './normalise.ts'
import { isOwnListener } from './own-listener.ts'
import type { ReadyRecursor, ReadyUpstream, ReadyZone } from './ready-config.ts'
import { readyRecursor, recursorUpstream } from './ready-recursor.ts'
import { readResolvConf } from './resolv-conf.ts'
import { type Endpoint, endpointText } from './sections/listen.ts'
import { isOn } from './sections/recursor.ts'
import {
  DEFAULT_DOH_PATH,
  portOf,
  type UpstreamSection,
  type ZoneSection,
} from './sections/upstreams.ts'

interface Upstreams {
  readonly upstreams: readonly ReadyUpstream[]
  readonly recursor: ReadyRecursor | undefined
  readonly notes: readonly string[]
}

/**
 * The upstreams of the file, else of this machine, without this agent itself; and what is to be said of that. With a recursor it is the only
 * one: those of the file are its own, and this machine's are nobody's.
 */
export function upstreamsOf(
  config: Config,
  listeners: readonly Endpoint[],
  { file, resolvConf, localAddresses, recursorAddress = '127.0.0.1' }: Surroundings,
): Upstreams {
  const folder = dirname(file?.path ?? '/')
  const sections: readonly UpstreamSection[] =
    config.upstreams ?? (isOn(config.recursor) ? [] : readResolvConf(resolvConf))
  const wished = sections.map((one) => readyUpstream(one, folder))
  const upstreams = wished.filter((one) => !isOwnListener(one, listeners, localAddresses))
  const notes = wished
    .filter((one) => !upstreams.includes(one))
    .map((one) => `upstream ${endpointText(one)} is this agent itself and is left out`)
  const recursor = readyRecursor(config, upstreams, { folder, address: recursorAddress })
  if (recursor)
    return {
      upstreams: [recursorUpstream(recursor)],
      recursor,
      notes: [...notes, ...recursorNotes(config, recursor)],
    }
  if (upstreams.length > 0) return { upstreams, recursor, notes }
  const none = 'no upstream: names that are not blocked cannot be answered; set upstreams'
  return { upstreams, recursor, notes: [...notes, none] }
}

function recursorNotes({ strategy }: Config, { forwarders }: ReadyRecursor): readonly string[] {
  if (strategy === undefined || strategy === 'fastest' || forwarders.length < 2) return []
  return [
    `recursor: Unbound asks the fastest of upstreams first; strategy ${strategy} is for zones`,
  ]
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
