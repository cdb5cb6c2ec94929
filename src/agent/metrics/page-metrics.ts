import type { Registry } from 'prom-client'
import type { BlockPage } from '../block-page/block-page.ts'
import { PAGE_OUTCOMES } from '../block-page/page-messages.ts'
import type { RequestBook } from '../requests/request-book.ts'
import type { Selftest } from '../selftest/selftest.ts'
import { registerReadings } from './agent-metrics.ts'

export interface PageMetricParts {
  readonly page: BlockPage
  readonly requests: RequestBook
  readonly selftest: Selftest
}

/** Registers the figures of block page, requests to unblock and self-test. Labels are from closed sets. */
export function registerPageMetrics(
  registry: Registry,
  { page, requests, selftest }: PageMetricParts,
): void {
  registerReadings(registry, [
    {
      name: 'edge_block_page_requests_total',
      help: 'Requests and refused connections of the block page, by outcome',
      kind: 'counter',
      label: 'outcome',
      read: () => PAGE_OUTCOMES.map((outcome) => [outcome, page.counts[outcome]] as const),
    },
    {
      name: 'edge_block_page_well',
      help: '1 while the block page is served everywhere it is configured, 0 where it is not or is off',
      kind: 'gauge',
      read: () => Number(page.status().state === 'on'),
    },
    {
      name: 'edge_unblock_requests_open',
      help: 'Requests to unblock that wait for an answer',
      kind: 'gauge',
      read: () => requests.open,
    },
    {
      name: 'edge_selftest_failures',
      help: 'What the newest self-test found wrong; -1 until one has run',
      kind: 'gauge',
      read: () => selftest.newest?.failed ?? -1,
    },
    {
      name: 'edge_selftest_unknown',
      help: 'What the newest self-test could not check; -1 until one has run',
      kind: 'gauge',
      read: () => selftest.newest?.unknown ?? -1,
    },
  ])
}
