import { loadLibc } from '#platform/ffi/libc.ts'
import type { AgentBase } from '../agent-base.ts'
import { FastPath, type FastPathParts } from './fast-path.ts'

/** The batch listener, where this machine can have it. */
export function makeFastPath(
  { first, lookups, faults, log }: AgentBase,
  shared: Pick<FastPathParts, 'keeper' | 'cache' | 'hashKeyFile' | 'onDrain'>,
): FastPath | undefined {
  if (first.listen.udp === 'node') return undefined
  const libc = loadLibc()
  if (!libc) {
    log.info(
      'UDP goes by node:dgram: batches need Linux on x64 or arm64 and the optional package koffi',
    )
    return undefined
  }
  const { cacheEntries, cacheBytes } = first.limits
  return new FastPath({
    ...shared,
    libc,
    cacheLimits: { entriesMax: cacheEntries, bytesMax: cacheBytes },
    record: lookups.push,
    onFault: (text) => {
      faults.add('fast-path', text)
      log.error(text)
    },
  })
}
