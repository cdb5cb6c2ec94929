import type { UpstreamStatus } from '#domain/ingest.ts'
import type { Clock } from '#platform/clock.ts'
import type { PageStatus } from '../block-page/block-page.ts'
import { probePage } from '../block-page/probe-page.ts'
import { probeDns } from '../link/dns-probe.ts'
import type { LinkMonitor } from '../link/link-monitor.ts'
import type { Listener } from '../listen/listener.ts'
import type { Lab } from './lab.ts'
import {
  type CheckResult,
  checkResult,
  failed,
  type Outcome,
  PASSED,
  unknown,
} from './selftest-report.ts'

const DAY_MS = 86_400_000
/** Lists are published daily to monthly: one that has not changed for longer is not being fetched. */
const LIST_AGE_DAYS_MAX = 35
const PROBE_TIMEOUT_MS = 2_000
const PROBED_NAME = 'localhost'

export interface BoxParts {
  readonly clock: Clock
  readonly link: () => Pick<LinkMonitor, 'status'>
  readonly listeners: readonly Listener[]
  readonly page: () => PageStatus
}

/** The sockets that clients ask. */
export async function checkListeners({ listeners, clock }: BoxParts): Promise<CheckResult> {
  const udp = listeners.filter(({ transport }) => transport === 'udp')
  const outcomes = udp.map(async ({ address, port }): Promise<Outcome> => {
    const endpoint = { address: reachable(address), port }
    const { kind } = await probeDns(endpoint, PROBED_NAME, {
      timeoutMs: PROBE_TIMEOUT_MS,
      monotonicMs: clock.monotonicMs,
      signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
    })
    return kind === 'reached' ? PASSED : failed(`udp ${address} port ${port} does not answer`)
  })
  return checkResult('listeners', undefined, await Promise.all(outcomes))
}

/** Each configured list is in force, holds names, and changes now and then. */
export function checkLists({ config, policy, wallMs }: Lab): CheckResult {
  const outcomes = config.lists.map(({ id }): Outcome => {
    const list = policy.rules.lists.find((one) => one.id === id)
    if (!list) return failed(`list ${id} is not in force`)
    if (list.names === 0) return failed(`list ${id} holds no name`)
    if (list.updatedAt <= 0) return unknown(`list ${id}: nobody knows its age`)
    const days = Math.floor((wallMs - list.updatedAt) / DAY_MS)
    return days > LIST_AGE_DAYS_MAX ? failed(`list ${id} has not changed for ${days} days`) : PASSED
  })
  return checkResult('lists', undefined, outcomes)
}

/** Every upstream answers, the spare ones too: a line that is only found broken when it is needed is none. */
export function checkUpstreams({ link }: BoxParts): CheckResult {
  const { upstreams } = link().status()
  const isLineUp = upstreams.some(({ state }) => state !== 'down')
  const outcomes = upstreams.map(({ target, state }: UpstreamStatus): Outcome => {
    if (state !== 'down') return PASSED
    const text = `upstream ${target} does not answer`
    return isLineUp ? failed(text) : unknown(text)
  })
  return checkResult('upstreams', undefined, outcomes)
}

/** The block page is served where it is configured, with a certificate that holds. */
export async function checkPage({ page }: BoxParts): Promise<readonly CheckResult[]> {
  const { state, parts } = page()
  if (state === 'off') return []
  if (parts.length === 0)
    return [checkResult('block page', undefined, [failed('it is not served')])]
  const outcomes = parts.map(async ({ part, isWell, detail }): Promise<Outcome> => {
    if (!isWell) return failed(`${part}: ${detail}`)
    if (part === 'certificate') return PASSED
    const fault = await probePage(part, PROBE_TIMEOUT_MS)
    return fault === undefined ? PASSED : failed(`${part}: ${fault}`)
  })
  return [checkResult('block page', undefined, await Promise.all(outcomes))]
}

/** A listener on every address is asked on this machine's own. */
function reachable(address: string): string {
  if (address === '0.0.0.0') return '127.0.0.1'
  return address === '::' ? '::1' : address
}
