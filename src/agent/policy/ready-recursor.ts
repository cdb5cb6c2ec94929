import { resolve } from 'node:path'
import type { Config } from './config.ts'
import type { ReadyRecursor, ReadyUpstream } from './ready-config.ts'
import { DEFAULT_RECURSOR_PORT, isOn } from './sections/recursor.ts'

/** The recursor that asks `forwarders`, or the root's servers where there are none; undefined where none is wanted. */
export function readyRecursor(
  { recursor }: Config,
  forwarders: readonly ReadyUpstream[],
  { folder, address }: { readonly folder: string; readonly address: string },
): ReadyRecursor | undefined {
  if (!isOn(recursor)) return undefined
  const { port = DEFAULT_RECURSOR_PORT } = recursor
  const fileOf = (file: string | undefined): string | undefined => file && resolve(folder, file)
  return {
    address,
    port,
    forwarders,
    rootHints: fileOf(recursor['root-hints']),
    trustAnchors: fileOf(recursor['trust-anchors']),
  }
}

/** How the agent asks it: nobody is on the way, so its word on signatures counts. */
export function recursorUpstream({ address, port }: ReadyRecursor): ReadyUpstream {
  return {
    address,
    port,
    transport: 'udp',
    name: '',
    path: '',
    caFile: undefined,
    validates: true,
  }
}
