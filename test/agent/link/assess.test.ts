import t from 'tap'
import { assess, type LinkEvidence, type ProbeReading } from '#agent/link/assess.ts'
import { DEFAULT_LINK_LIMITS } from '#agent/link/link-limits.ts'
import type { ProbeOutcome } from '#agent/link/probe-outcome.ts'

const REACHED: ProbeOutcome = { kind: 'reached', rttMs: 10 }
const REFUSED: ProbeOutcome = { kind: 'refused', rttMs: 10 }
const SILENT: ProbeOutcome = { kind: 'silent' }
const NO_ROUTE: ProbeOutcome = { kind: 'unreachable', code: 'ENETUNREACH' }

function probe(outcome: ProbeOutcome, given: Partial<ProbeReading> = {}): ProbeReading {
  const isReached = outcome.kind === 'reached'
  return {
    target: '192.0.2.53:53',
    isLocal: false,
    outcome,
    sent: 6,
    lossRatio: isReached ? 0 : 1,
    meanRttMs: isReached ? 10 : undefined,
    ...given,
  }
}

function judge(
  upstreams: ProbeReading[],
  targets: ProbeReading[],
  given: Partial<LinkEvidence> = {},
) {
  const evidence = { upstreams, targets, hasNetwork: true, gateway: 'answers', ...given } as const
  const { state, cause } = assess(evidence, DEFAULT_LINK_LIMITS)
  return `${state}/${cause}`
}

const local = { isLocal: true, target: '127.0.0.1:53' }
type Case = readonly [
  name: string,
  expected: string,
  upstreams: ProbeReading[],
  targets: ProbeReading[],
  given?: Partial<LinkEvidence>,
]

const cases: readonly Case[] = [
  ['nothing to probe is unknown', 'unknown/none', [], []],
  ['all upstreams answer', 'up/none', [probe(REACHED), probe(REACHED)], [probe(REACHED)]],
  ['a target that refuses is there', 'up/none', [probe(REACHED)], [probe(REFUSED)]],
  [
    'one dead target of two is nobody’s fault',
    'up/none',
    [probe(REACHED)],
    [probe(SILENT), probe(REACHED)],
  ],
  ['upstreams and targets fail: the line', 'down/line', [probe(SILENT)], [probe(SILENT)]],
  [
    'upstreams fail, a target answers: the upstreams',
    'down/upstream',
    [probe(SILENT), probe(SILENT)],
    [probe(SILENT), probe(REACHED)],
  ],
  [
    'upstreams fail, a target refuses: the upstreams',
    'down/upstream',
    [probe(SILENT)],
    [probe(REFUSED)],
  ],
  [
    'an upstream that refuses has a line to it',
    'down/upstream',
    [probe(REFUSED), probe(SILENT)],
    [],
  ],
  ['even while targets are silent', 'down/upstream', [probe(REFUSED)], [probe(SILENT)]],
  ['no carrier: the line', 'down/line', [probe(SILENT)], [], { hasNetwork: false }],
  ['no route: the line', 'down/line', [probe(NO_ROUTE)], []],
  ['no default route: the line', 'down/line', [probe(SILENT)], [], { gateway: 'none' }],
  [
    'a router that used to answer and does not: the line',
    'down/line',
    [probe(SILENT)],
    [],
    { gateway: 'silent' },
  ],
  [
    'a single silent upstream behind an answering router: most likely itself',
    'down/upstream',
    [probe(SILENT)],
    [],
  ],
  ['or behind one that never answers', 'down/upstream', [probe(SILENT)], [], { gateway: 'mute' }],
  [
    'several silent at once behind an answering router: the line',
    'down/line',
    [probe(SILENT), probe(SILENT)],
    [],
  ],
  [
    'targets silent as well behind an answering router: the line',
    'down/line',
    [probe(SILENT)],
    [probe(SILENT)],
  ],
  [
    'a resolver on this machine that refuses is itself at fault',
    'down/upstream',
    [probe(REFUSED, local)],
    [],
  ],
  [
    'a refusal on this machine says nothing about the line',
    'down/line',
    [probe(REFUSED, local)],
    [probe(SILENT)],
  ],
  [
    'a resolver on this machine that answers does not hide a cut line',
    'down/line',
    [probe(REACHED, local)],
    [probe(SILENT)],
  ],
  ['a resolver on this machine alone', 'up/none', [probe(REACHED, local)], []],
  [
    'some upstreams fail: degraded',
    'degraded/upstream',
    [probe(REACHED), probe(SILENT)],
    [probe(REACHED)],
  ],
  [
    'upstreams answer and no target does: degraded line',
    'degraded/line',
    [probe(REACHED)],
    [probe(SILENT)],
  ],
  [
    'loss on all upstreams: the line',
    'degraded/line',
    [probe(REACHED, { lossRatio: 0.2 }), probe(REACHED, { lossRatio: 0.5 })],
    [],
  ],
  [
    'loss on one of two: that upstream',
    'degraded/upstream',
    [probe(REACHED, { lossRatio: 0.34 }), probe(REACHED)],
    [],
  ],
  ['one lost of six is no alarm', 'up/none', [probe(REACHED, { lossRatio: 1 / 6 })], []],
  ['loss of few probes says nothing', 'up/none', [probe(REACHED, { lossRatio: 0.5, sent: 4 })], []],
  [
    'slow on all upstreams: the line',
    'degraded/line',
    [probe(REACHED, { meanRttMs: 501 }), probe(REACHED, { meanRttMs: 900 })],
    [],
  ],
  [
    'slow on one: that upstream',
    'degraded/upstream',
    [probe(REACHED), probe(REACHED, { meanRttMs: 900 })],
    [],
  ],
  ['targets alone can tell the line', 'down/line', [], [probe(SILENT)]],
  ['and that it stands', 'up/none', [], [probe(REFUSED)]],
]

for (const [name, expected, upstreams, targets, given] of cases)
  t.test(name, (t) => {
    t.equal(judge(upstreams, targets, given), expected)
    t.end()
  })
