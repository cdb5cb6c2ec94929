import { localAddresses } from '#platform/local-addresses.ts'
import { makeKeyedHash } from '#platform/secret-file.ts'
import type { AgentBase } from './agent-base.ts'
import { BlockPage } from './block-page/block-page.ts'
import { makePageDesk } from './block-page/page-desk.ts'
import type { LinkMonitor } from './link/link-monitor.ts'
import type { Listener } from './listen/listener.ts'
import { registerPageMetrics } from './metrics/page-metrics.ts'
import type { Outbox } from './outbox/outbox-contract.ts'
import type { PolicyKeeper } from './policy-keeper.ts'
import { newestProofAt, ProofLog } from './proof/proof-log.ts'
import { proofRow } from './proof/proof-row.ts'
import { makeRehearsal, type RehearsalParts } from './rehearse/rehearsal.ts'
import { openRequests } from './requests/open-requests.ts'
import type { RequestBook } from './requests/request-book.ts'
import { Selftest } from './selftest/selftest.ts'

export interface PageParts {
  readonly keeper: PolicyKeeper
  readonly rehearsal: RehearsalParts
  readonly selfMark: Uint8Array
  readonly outbox: Outbox
  readonly listeners: readonly Listener[]
  readonly link: () => LinkMonitor
}

/** What asks questions that no client asked. */
export interface PageAndSelftest {
  readonly page: BlockPage
  readonly requests: RequestBook
  readonly selftest: Selftest
  /** Serves the page, if the configuration wants one, and tests the box once an hour. */
  readonly start: () => void
  readonly close: () => Promise<void>
}

/** Opens the book of requests and makes the rest ready. Names are answered whether or not any of it works. */
export function preparePageAndSelftest(base: AgentBase, parts: PageParts): PageAndSelftest {
  const { stateDir, clock, faults, registry, changed } = base
  const { keeper, rehearsal, selfMark, outbox, listeners, link } = parts
  const requests = openRequests(`${stateDir}/unblock-requests.json`, {
    clock,
    emit: outbox.emit,
    tell: outbox.tell,
    onFault: (text) => faults.add('requests', text),
  })
  const page = preparePage(base, parts, requests)
  const proof = new ProofLog({ stateDir, onFault: (text) => faults.add('proof', text) })
  const selftest = new Selftest({
    rehearsal,
    keeper,
    clock,
    listeners,
    link,
    localAddresses,
    selfMark,
    keep: (report) => proof.add(proofRow(report, keeper.config.policyId)),
    lastKeptAt: () => newestProofAt(stateDir),
    page: () => page.status(),
    tell: outbox.tell,
    onChange: () => changed.tell(),
  })
  registerPageMetrics(registry, { page, requests, selftest })
  return {
    page,
    requests,
    selftest,
    start: () => {
      page.use(base.first.block.page)
      selftest.start()
    },
    close: async () => {
      selftest.stop()
      await page.close()
      await Promise.all([requests.flush(), proof.flush()])
    },
  }
}

function preparePage(base: AgentBase, parts: PageParts, book: RequestBook): BlockPage {
  const { stateDir, clock, faults, log, changed } = base
  const { keeper, rehearsal } = parts
  const hash = makeKeyedHash(`${stateDir}/name-hash.key`)
  const desk = makePageDesk({
    rehearse: makeRehearsal(rehearsal),
    policy: () => keeper.slot.current,
    config: () => keeper.config,
    book,
    clock,
    hashClient: (client) => hash(Buffer.from(`client ${client}`)),
  })
  return new BlockPage({
    desk,
    clock,
    onFault: (text) => {
      faults.add('block page', text)
      log.warn({ detail: text }, 'block page')
    },
    onChange: () => changed.tell(),
  })
}
