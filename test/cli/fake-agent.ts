import type {
  AgentStatus,
  ControlApi,
  ShownRelease,
  ShownRequest,
} from '#agent/control/control-api.ts'
import type { ShownList } from '#agent/supply/list-report.ts'

/** A status of an agent that is well. */
export const goodStatus: AgentStatus = {
  v: 1,
  state: 'ok',
  reasons: [],
  appliance: 'test',
  at: 0,
  version: '0.1.0',
  node: 'v24.21.0',
  startedAt: 0,
  policy: 'embedded',
  config: { refused: [], notes: [] },
  time: { now: '2026-03-02 10:05 Europe/London, no lesson', notes: [] },
  releases: [],
  page: { state: 'off', parts: [] },
  recursor: { state: 'off', detail: '' },
  openRequests: 0,
  listeners: [
    { transport: 'udp', address: '127.0.0.1', port: 5300 },
    { transport: 'tcp', address: '::1', port: 5300 },
  ],
  metricsUrl: 'http://127.0.0.1:9153/metrics',
  capture: { state: 'off', detail: 'the cap addon is not built' },
  signals: { enabled: true, clients: 3, dropped: 4, droppedAlerts: 0, workerDeaths: 0 },
  queries: { enabled: true, bytes: 2_097_152, batches: 7, lost: 0, fault: '', workerDeaths: 0 },
  link: {
    state: 'up',
    cause: 'none',
    detail: '',
    since: 0,
    upstreams: [{ target: '192.0.2.53:53', state: 'up', rttMs: 4, lossRatio: 0 }],
  },
  lists: [],
  themesWithoutList: ['suicide'],
  outbox: { waiting: 0, dropped: 0 },
  faults: [],
}

const goodRelease: ShownRelease = {
  id: 'release-1',
  group: 'ks3',
  kind: 'category',
  target: 'media.games',
  reason: 'end of term quiz',
  who: 'someone',
  grantedAt: 0,
  endsAt: 3_000_000,
  until: '2026-03-02 10:50',
  counts: true,
}

const goodRequest: ShownRequest = {
  reference: 'K7QD-M4XZ',
  group: 'ks3',
  name: 'games.test',
  category: 'media.games',
  why: 'maths',
  count: 2,
  firstAt: '2026-03-02 10:05',
  lastAt: '2026-03-02 10:15',
}

export const goodList: ShownList = {
  id: 'games',
  title: 'Games',
  licence: 'CC0-1.0',
  source: 'https://lists.example.org/',
  from: 'https://lists.example.org/games.txt',
  isSigned: false,
  state: 'in-force',
  isStale: false,
  inForce: {
    version: '7',
    names: 100,
    updatedAt: 0,
    refusedLines: 0,
    refused: [],
    guards: [],
  },
  advice: '',
}

/** A control API that answers, for tests to change in parts. */
export const goodApi: ControlApi = {
  status: () => Promise.resolve(goodStatus),
  explain: ({ name, type, group = 'ks1' }) =>
    Promise.resolve({
      name,
      type,
      group,
      time: '2026-03-02 10:05 Europe/London, no lesson',
      stages: [{ stage: 'decide-by-policy', say: 'no rule matches' }],
      verdict: 'allow',
      reason: 'default',
    }),
  eventCounts: () =>
    Promise.resolve({
      rows: [{ day: '2026-01-31', category: 'harm.selfharm', events: 2, lookups: 7 }],
      waiting: 1,
    }),
  revealEvents: () => Promise.resolve({ events: [] }),
  releases: () => Promise.resolve({ releases: [goodRelease] }),
  grantRelease: ({ group, target, reason, who }) =>
    Promise.resolve({
      ...goodRelease,
      group,
      kind: target.kind,
      target: target.value,
      reason,
      who,
    }),
  endRelease: ({ id }) => Promise.resolve({ ...goodRelease, id }),
  requests: () => Promise.resolve({ requests: [goodRequest] }),
  closeRequest: ({ reference, who, answer }) =>
    Promise.resolve({
      ...goodRequest,
      reference,
      closed: { at: '2026-03-02 10:50', who, answer },
    }),
  selftest: () =>
    Promise.resolve({ at: 0, tookMs: 12, passed: 3, failed: 0, unknown: 0, checks: [] }),
  setup: () => Promise.resolve({ items: [] }),
  lists: () => Promise.resolve({ lists: [goodList] }),
  refreshList: ({ id }) => Promise.resolve({ ...goodList, id }),
  acceptList: ({ id }) => Promise.resolve({ ...goodList, id }),
  flush: () => Promise.resolve({ main: 2, worker: 3 }),
  queries: () => Promise.resolve({ rows: [] }),
}
