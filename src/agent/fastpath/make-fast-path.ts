import { type Libc, loadLibc } from '#platform/ffi/libc.ts'
import type { AgentBase } from '../agent-base.ts'
import type { AnswerCacheLimits } from '../cache/answer-cache.ts'
import { cacheLimitsFrom, renewalLimitsFrom } from '../cache/cache-settings.ts'
import type { ReadyConfig } from '../policy/ready-config.ts'
import type { UpstreamSlot } from '../upstream-slot.ts'
import { FastPath, type FastPathParts } from './fast-path.ts'

/** Of the answers that the worker keeps the main thread keeps so many itself: those that were fetched last, for TCP and for outages. */
const MAIN_SHARE = 4

function libcFor({ listen }: ReadyConfig): Libc | undefined {
  return listen.udp === 'batch' ? loadLibc() : undefined
}

/** What the main thread's own cache may hold. */
export function mainCacheLimits(config: ReadyConfig): AnswerCacheLimits {
  return cacheLimitsFrom(config, libcFor(config) ? MAIN_SHARE : 1)
}

/** The batch listener, where this machine can have it. */
export function makeFastPath(
  { first, lookups, identities, faults, log }: AgentBase,
  upstreams: UpstreamSlot,
  shared: Pick<
    FastPathParts,
    'keeper' | 'cache' | 'hashKeyFile' | 'onGather' | 'cookies' | 'zones'
  >,
): FastPath | undefined {
  const libc = libcFor(first)
  if (!libc) {
    if (first.listen.udp === 'batch')
      log.info(
        'UDP goes by node:dgram: batches need Linux on x64 or arm64 and the optional package koffi',
      )
    return undefined
  }
  return new FastPath({
    ...shared,
    libc,
    workers: first.listen.workers,
    cacheLimits: cacheLimitsFrom(first, 1),
    renewal: renewalLimitsFrom(first),
    coversBelow: first.cache.nxdomainBelow,
    upstreams: () => upstreams.pool.preferred(),
    learn: (report) => upstreams.pool.learn(report),
    flightsMax: first.limits.queriesInFlight,
    limits: first.limits,
    record: lookups.push,
    onAsked: (counts) => identities.noteAsked(counts),
    onFault: (text) => {
      faults.add('fast-path', text)
      log.error(text)
    },
  })
}
