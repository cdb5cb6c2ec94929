import { type Failure, failure, isFailure } from '#domain/failure.ts'
import { hiddenSchoolSentences } from '#domain/hidden-school.ts'
import { lockedFault } from '#domain/locked-status.ts'
import { NO_ADDRESS_RULES } from '#rules/address-rule-table.ts'
import { localText, localTimeAt, parseLocalTime } from '#rules/local-time.ts'
import { freezeAt } from '#rules/timetable.ts'
import type { ActivePolicy } from './active-policy.ts'
import type { BlockPage } from './block-page/block-page.ts'
import type { AnswerCache } from './cache/answer-cache.ts'
import { type FlushTarget, flushTargetOf } from './cache/flush-target.ts'
import type { CaptureStatus } from './capture/capture-state.ts'
import type {
  AgentStatus,
  ControlApi,
  FlushReport,
  FlushRequest,
  ShownRelease,
  ShownRequest,
} from './control/control-api.ts'
import { explain } from './explain.ts'
import { sayTime } from './explain-time.ts'
import type { FlushedAnswers } from './flush-answers.ts'
import type { Client } from './identity/client.ts'
import type { Identities } from './identity/identities.ts'
import { networkOf } from './policy/network-of.ts'
import { timeNotes } from './policy/time-notes.ts'
import { type PolicyKeeper, releasesAt } from './policy-keeper.ts'
import { type QueriesRequest, readQueries } from './queries/read-queries.ts'
import type { Recursor } from './recursor/recursor.ts'
import type { RehearsalParts } from './rehearse/rehearsal.ts'
import { type Release, targetText } from './releases/release.ts'
import type { RequestBook } from './requests/request-book.ts'
import { showRequest } from './requests/show-request.ts'
import { checkRunning, type SetupParts } from './setup/setup-facts.ts'
import type { AgentSignals } from './signals/agent-signals.ts'
import { newToldMark } from './signals/told-mark.ts'
import type { AskUpstream } from './stages/forward.ts'
import { makeStatusReport, type ReportParts } from './status-report.ts'
import { listReasons } from './supply/list-report.ts'
import type { TeacherReleases } from './teacher-releases.ts'

export interface ControlParts extends ReportParts, SetupParts {
  readonly cache: AnswerCache
  readonly flush: (target: FlushTarget) => Promise<FlushedAnswers>
  readonly ask: AskUpstream
  readonly metricsUrl: string
  readonly releases: TeacherReleases
  readonly page: BlockPage
  readonly requests: RequestBook
  readonly recursor: Pick<Recursor, 'status'>
  readonly identities: Identities
  readonly rehearsal: RehearsalParts
  readonly signals: AgentSignals
}

/** What the command line may ask of a running agent. */
export function makeControlApi(parts: ControlParts): ControlApi {
  const { outbox, keeper, cache, ask, clock, releases, supply, rehearsal } = parts
  return {
    status: () => Promise.resolve(agentStatus(parts)),
    explain: async (request) => {
      const { config } = keeper
      const wallMs =
        request.at === undefined
          ? clock.wallMs()
          : parseLocalTime(config.timetable.zone, request.at)
      if (wallMs === undefined) return failure('bad-request', 'no such time; try 2026-03-02T10:05')
      const policy = keeper.policyAt(wallMs)
      return explain(request, {
        policy,
        cache,
        ask,
        clock,
        config,
        wallMs,
        releases: releasesAt(keeper.releases, wallMs),
        consoleRules: keeper.consoleRules,
        onFault: rehearsal.onFault,
        clientOfGroup: (group) => clientOfGroup(group, policy),
        networkName: (address) => networkOf(address, keeper.config)?.name,
        identityOf: (key) => parts.identities.identityOf(key),
      })
    },
    eventCounts: async () => {
      const rows = await outbox.counts()
      return isFailure(rows) ? rows : { rows, waiting: outbox.counters().waiting }
    },
    revealEvents: async (request) => {
      const events = await outbox.reveal(request)
      return isFailure(events) ? events : { events }
    },
    releases: () => Promise.resolve({ releases: shownReleases(parts) }),
    grantRelease: async (request) => {
      const granted = await releases.grant(request)
      return isFailure(granted) ? granted : showRelease(granted, parts)
    },
    lists: () => Promise.resolve({ lists: supply.all() }),
    refreshList: ({ id }) => Promise.resolve(supply.refresh(id)),
    acceptList: ({ id, who }) => supply.accept(id, who),
    flush: (request) => flushRequested(request, parts),
    queries: (request) => readQueriesFor(request, parts),
    endRelease: ({ id, who }) => {
      const ended = releases.end(id, who)
      return Promise.resolve(isFailure(ended) ? ended : showRelease(ended, parts))
    },
    requests: () => Promise.resolve({ requests: shownRequests(parts) }),
    closeRequest: async ({ reference, who, answer }) => {
      const closed = await parts.requests.close(reference, who, answer)
      return isFailure(closed) ? closed : showRequest(closed, keeper.config.timetable.zone)
    },
    selftest: ({ group }) => parts.selftest.run(group),
    setup: () => Promise.resolve({ items: checkRunning(parts) }),
  }
}

function readQueriesFor(
  request: QueriesRequest,
  { keeper, signals, outbox, clock }: ControlParts,
): ReturnType<typeof readQueries> {
  const { zone } = keeper.config.timetable
  return readQueries(request, { queries: signals.queries, outbox, clock, zone })
}

function shownRequests({ keeper, requests }: ControlParts): readonly ShownRequest[] {
  const { zone } = keeper.config.timetable
  return requests.all().map((request) => showRequest(request, zone))
}

async function flushRequested(
  request: FlushRequest,
  { flush }: ControlParts,
): Promise<FlushReport | Failure> {
  if ('all' in request) return flush({ kind: 'all' }).then(reportOf)
  const target = flushTargetOf(request.name, request.below)
  return isFailure(target) ? target : flush(target).then(reportOf)
}

function reportOf({ main, worker }: FlushedAnswers): FlushReport {
  return { main, ...(worker !== undefined && { worker }) }
}

function agentStatus(parts: ControlParts): AgentStatus {
  const { keeper, listeners, metricsUrl, capture, outbox, page, selftest } = parts
  const { metrics: _, ...report } = makeStatusReport(parts, { metrics: [] })
  const { file, notes } = keeper.config
  const reasons = degradedReasons(parts)
  const { storing, shipping } = outbox.counters()
  if (storing.state === 'failing') reasons.push(`events are not being stored: ${storing.text}`)
  if (shipping.state === 'failing')
    reasons.push(`events do not reach the collector: ${shipping.text}`)
  return {
    ...report,
    state: reasons.length > 0 ? 'degraded' : 'ok',
    reasons,
    config: { ...(file === undefined ? {} : { file }), refused: keeper.refused, notes },
    time: {
      now: sayTime(keeper.config, parts.clock.wallMs()),
      notes: timeNotes(keeper.config, parts.clock.wallMs()),
    },
    releases: shownReleases(parts),
    page: page.status(),
    recursor: parts.recursor.status(),
    openRequests: parts.requests.open,
    ...(selftest.newest ? { selftest: selftest.newest } : {}),
    listeners: listeners.map(({ transport, address, port }) => ({ transport, address, port })),
    metricsUrl,
    capture: shownCapture(capture.status()),
    signals: parts.signals.status(),
    queries: parts.signals.queries.status(),
  }
}

function shownCapture({ state, detail }: CaptureStatus): AgentStatus['capture'] {
  return { state: state === 'running' ? 'on' : 'off', detail }
}

function degradedReasons(parts: ControlParts): string[] {
  const { keeper, link, outbox, locked, clock, page, selftest, supply } = parts
  const reasons: string[] = []
  const { state, detail } = link().status()
  if (keeper.config.upstreams.length === 0)
    reasons.push('no upstream resolver is configured and /etc/resolv.conf names none')
  else if (state === 'down' || state === 'degraded') reasons.push(`the link is ${state}: ${detail}`)
  if (keeper.refused.length > 0)
    reasons.push('the newest configuration was refused; the old one is in force')
  const unlocked = lockedFault(locked.status(), clock.wallMs())
  if (unlocked !== undefined) reasons.push(unlocked)
  const hidden = parts.hiddenSchool()
  if (hidden) reasons.push(...hiddenSchoolSentences(hidden))
  const { dropped } = outbox.counters()
  if (dropped > 0) reasons.push(`${dropped} events could not be kept`)
  for (const one of page.status().parts)
    if (!one.isWell) reasons.push(`the block page is not well: ${one.part}: ${one.detail}`)
  const capturing = parts.capture.status()
  if (capturing.state === 'failing' || capturing.state === 'waiting')
    reasons.push(`nothing is captured: ${capturing.detail}`)
  const { state: recursing, detail: why } = parts.recursor.status()
  if (recursing === 'failing') reasons.push(`the recursor does not run as configured: ${why}`)
  const { fault } = parts.signals.queries.status()
  if (fault !== '') reasons.push(`the query log is not well: ${fault}`)
  const failed = selftest.newest?.failed ?? 0
  if (failed > 0) reasons.push(`the self-test found ${failed} failures: run selftest`)
  reasons.push(...supply.all().flatMap(listReasons))
  return reasons
}

/** A made-up client for questions about a whole group. */
function clientOfGroup(group: string, { clients }: ActivePolicy): Client | undefined {
  const view = clients.viewOf(group)
  return (
    view && {
      address: 'any',
      key: 'any',
      group,
      view,
      rules: NO_ADDRESS_RULES,
      source: 'network',
      isForwarder: false,
      queries: 0,
      told: newToldMark(),
    }
  )
}

function shownReleases(parts: ControlParts): readonly ShownRelease[] {
  return parts.releases.all().map((release) => showRelease(release, parts))
}

function showRelease(
  { id, group, target, reason, who, grantedAt, endsAt }: Release,
  { keeper, clock }: { readonly keeper: PolicyKeeper; readonly clock: ControlParts['clock'] },
): ShownRelease {
  const { timetable } = keeper.config
  const isFrozen = freezeAt(timetable, localTimeAt(timetable.zone, clock.wallMs()), group)
  return {
    id,
    group,
    kind: target.kind,
    target: targetText(target),
    reason,
    who,
    grantedAt,
    endsAt,
    until: localText(timetable.zone, endsAt),
    counts: !isFrozen,
  }
}
