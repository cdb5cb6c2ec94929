import type { RunningCapture } from '#agent/capture/start-capture.ts'
import type { SetupItem } from '#domain/setup-item.ts'
import { themesWithoutList } from '#rules/categories.ts'
import type { Listener } from '../listen/listener.ts'
import type { Selftest } from '../selftest/selftest.ts'
import { categoriesCovered, type ReportParts } from '../status-report.ts'
import { listReasons } from '../supply/list-report.ts'
import type { ListSupply } from '../supply/list-supply.ts'
import { checkSetup } from './setup-check.ts'

/** Where a running agent keeps what its setup is checked by. */
export interface SetupParts
  extends Pick<ReportParts, 'keeper' | 'outbox' | 'link' | 'clock' | 'locked' | 'hiddenSchool'> {
  readonly listeners: readonly Listener[]
  readonly capture: Pick<RunningCapture, 'status'>
  readonly selftest: Selftest
  readonly supply: ListSupply
}

/** Checks how a running agent is set up, as it is now. */
export function checkRunning(parts: SetupParts): readonly SetupItem[] {
  const { keeper, listeners, capture, outbox, link, supply, clock, locked, selftest } = parts
  const { shipping } = outbox.counters()
  const { state, detail } = capture.status()
  const lockedNow = locked.status()
  return checkSetup({
    config: keeper.config,
    refused: keeper.refused,
    listeners,
    hiddenSchool: parts.hiddenSchool(),
    capture: { state: state === 'running' ? 'on' : 'off', detail },
    shippingFault: shipping.state === 'failing' ? shipping.text : undefined,
    link: link().status(),
    listFaults: supply.all().flatMap(listReasons),
    themesWithoutList: themesWithoutList(categoriesCovered(keeper.rules, lockedNow)),
    locked: lockedNow,
    selftestFailures: selftest.newest?.failed,
    wallMs: clock.wallMs(),
  })
}
