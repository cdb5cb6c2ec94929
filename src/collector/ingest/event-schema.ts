/**
 * What an event may look like, typed against the domain: a field that the two disagree on does not compile.
 * Fields we do not know are let through unseen, so that a newer box can talk to an older collector; kinds are not.
 */
import { z } from 'zod'
import { plainText } from '#console/present/plain-text.ts'
import {
  BYPASS_GRADES,
  BYPASS_SAMPLE_CHARS_MAX,
  BYPASS_SAMPLES_MAX,
  BYPASS_SIGNS,
  type BypassEvidence,
  type BypassNoticed,
  type RogueServerNoticed,
} from '#domain/bypass-event.ts'
import {
  type AgentStarted,
  type AgentStopped,
  type EventBody,
  type EventClient,
  type EventName,
  type EventsDropped,
  type EventsRevealed,
  LANES,
  LINK_CAUSES,
  LINK_STATES,
  type LinkChanged,
  type LinkSampled,
  LOCKED_STATES,
  type LockedBundleChanged,
  type LookupBlocked,
  type LookupFacts,
  type LookupMonitored,
  laneOf,
  type PolicyApplied,
  type PolicyRefused,
  type ProbeSample,
  RELEASE_ENDS,
  type ReleasedTarget,
  type ReleaseEnded,
  type ReleaseGranted,
  type SelftestChanged,
  type StoredEvent,
} from '#domain/event.ts'
import { type MacAddress, parseMac } from '#domain/mac-address.ts'
import type { UnblockClosed, UnblockRequested } from '#domain/unblock-event.ts'
import { PROFILES } from '#rules/categories.ts'
import { listBodies } from './list-event-schema.ts'
import { signal } from './signal-schema.ts'
import { count, dnsName, instant, key, line, roundTrip, word } from './text-limits.ts'

const PROBES_MAX = 32
const KIND_SHOWN_MAX = 60
const PROBLEMS_MAX = 50

const client: z.ZodType<EventClient> = z.object({
  address: z.string().min(1).max(64),
  device: z.string().max(255).exactOptional(),
  mac: z.string().max(17).exactOptional(),
  user: z.string().max(255).exactOptional(),
  confidence: z.number().min(0).max(100).exactOptional(),
  source: word.exactOptional(),
})

const mac: z.ZodType<MacAddress> = z.string().transform((text, context): MacAddress => {
  const parsed = parseMac(text)
  if (parsed !== undefined) return parsed
  context.addIssue({ code: 'custom', message: 'not a MAC address' })
  return z.NEVER
})

const name: z.ZodType<EventName> = z.discriminatedUnion('form', [
  z.object({ form: z.literal('clear'), name: dnsName }),
  z.object({ form: z.literal('hash'), hash: z.string().min(1).max(128) }),
])

const probe: z.ZodType<ProbeSample> = z.object({
  target: word,
  probe: z.enum(['dns', 'tcp']),
  sent: count,
  lost: count,
  rttMs: z.object({ min: roundTrip, mean: roundTrip, max: roundTrip }).exactOptional(),
})

const releasedTarget: z.ZodType<ReleasedTarget> = z.object({
  kind: z.enum(['category', 'name']),
  value: dnsName,
})

const evidence: z.ZodType<BypassEvidence> = z.object({
  sign: z.enum(BYPASS_SIGNS),
  count,
  firstAt: instant,
  lastAt: instant,
  samples: z.array(z.string().max(BYPASS_SAMPLE_CHARS_MAX)).max(BYPASS_SAMPLES_MAX),
})

const lookupFacts = {
  group: word,
  profile: z.enum(PROFILES).exactOptional(),
  client,
  category: word,
  theme: word,
  severity: word,
  name,
  list: z.string().max(200),
  count,
  firstAt: instant,
  lastAt: instant,
  signal: signal.exactOptional(),
} satisfies { readonly [K in keyof LookupFacts]-?: z.ZodType }

/** One schema for each kind: a kind added to the domain and not here does not compile. */
export const eventBodies: {
  readonly [K in EventBody['kind']]: z.ZodType<Extract<EventBody, { kind: K }>>
} = {
  'lookup-blocked': z.object({
    kind: z.literal('lookup-blocked'),
    ...lookupFacts,
  }) satisfies z.ZodType<LookupBlocked>,
  'lookup-monitored': z.object({
    kind: z.literal('lookup-monitored'),
    ...lookupFacts,
  }) satisfies z.ZodType<LookupMonitored>,
  'link-changed': z.object({
    kind: z.literal('link-changed'),
    from: z.enum(LINK_STATES),
    to: z.enum(LINK_STATES),
    cause: z.enum(LINK_CAUSES),
    detail: line,
    since: instant,
  }) satisfies z.ZodType<LinkChanged>,
  'link-sampled': z.object({
    kind: z.literal('link-sampled'),
    from: instant,
    to: instant,
    state: z.enum(LINK_STATES),
    probes: z.array(probe).max(PROBES_MAX),
  }) satisfies z.ZodType<LinkSampled>,
  'agent-started': z.object({
    kind: z.literal('agent-started'),
    version: word,
    previousStop: z.enum(['first-start', 'clean', 'unclean']),
    lastAliveAt: instant.exactOptional(),
  }) satisfies z.ZodType<AgentStarted>,
  'agent-stopped': z.object({
    kind: z.literal('agent-stopped'),
    version: word,
  }) satisfies z.ZodType<AgentStopped>,
  'policy-applied': z.object({
    kind: z.literal('policy-applied'),
    policy: word,
  }) satisfies z.ZodType<PolicyApplied>,
  'policy-refused': z.object({
    kind: z.literal('policy-refused'),
    problems: z.array(line).max(PROBLEMS_MAX),
  }) satisfies z.ZodType<PolicyRefused>,
  ...listBodies,
  'events-dropped': z.object({
    kind: z.literal('events-dropped'),
    lane: z.enum(LANES),
    count,
    firstAt: instant,
    lastAt: instant,
  }) satisfies z.ZodType<EventsDropped>,
  'events-revealed': z.object({
    kind: z.literal('events-revealed'),
    of: z.literal('queries').exactOptional(),
    who: z.string().max(200),
    reason: line,
    count,
  }) satisfies z.ZodType<EventsRevealed>,
  'release-granted': z.object({
    kind: z.literal('release-granted'),
    release: key,
    group: word,
    target: releasedTarget,
    who: z.string().max(200),
    reason: line,
    endsAt: instant,
  }) satisfies z.ZodType<ReleaseGranted>,
  'release-ended': z.object({
    kind: z.literal('release-ended'),
    release: key,
    group: word,
    target: releasedTarget,
    cause: z.enum(RELEASE_ENDS),
    who: z.string().max(200).exactOptional(),
  }) satisfies z.ZodType<ReleaseEnded>,
  'locked-bundle-changed': z.object({
    kind: z.literal('locked-bundle-changed'),
    state: z.enum(LOCKED_STATES),
    publisher: word.exactOptional(),
    serial: count.exactOptional(),
    problem: line.exactOptional(),
  }) satisfies z.ZodType<LockedBundleChanged>,
  'unblock-requested': z.object({
    kind: z.literal('unblock-requested'),
    request: key,
    group: word,
    name: dnsName,
    category: word.exactOptional(),
    list: line.exactOptional(),
    why: line,
    lesson: line.exactOptional(),
    minutes: count.exactOptional(),
    count,
  }) satisfies z.ZodType<UnblockRequested>,
  'unblock-closed': z.object({
    kind: z.literal('unblock-closed'),
    request: key,
    who: z.string().max(200),
    answer: line,
  }) satisfies z.ZodType<UnblockClosed>,
  'selftest-changed': z.object({
    kind: z.literal('selftest-changed'),
    passed: count,
    failed: count,
    unknown: count,
    failures: z.array(line).max(PROBLEMS_MAX),
  }) satisfies z.ZodType<SelftestChanged>,
  'bypass-noticed': z.object({
    kind: z.literal('bypass-noticed'),
    group: word,
    client,
    mac: mac.exactOptional(),
    grade: z.enum(BYPASS_GRADES),
    rule: word,
    evidence: z.array(evidence).max(BYPASS_SIGNS.length),
    firstAt: instant,
    lastAt: instant,
  }) satisfies z.ZodType<BypassNoticed>,
  'rogue-server-seen': z.object({
    kind: z.literal('rogue-server-seen'),
    part: z.enum(['dhcp', 'router']),
    mac,
    address: z.string().max(64),
    detail: line,
    count,
    firstAt: instant,
    lastAt: instant,
  }) satisfies z.ZodType<RogueServerNoticed>,
}

const isKnownKind = (kind: unknown): kind is EventBody['kind'] =>
  typeof kind === 'string' && Object.hasOwn(eventBodies, kind)

const body: z.ZodType<EventBody> = z.unknown().transform((value, context): EventBody => {
  const kind =
    typeof value === 'object' && value !== null && 'kind' in value ? value.kind : undefined
  if (!isKnownKind(kind)) {
    // It goes into a log, and onto a page.
    const quoted = plainText(JSON.stringify(kind) ?? 'nothing', KIND_SHOWN_MAX)
    context.addIssue({ code: 'custom', message: `event kind ${quoted} is not known here` })
    return z.NEVER
  }
  const parsed = eventBodies[kind].safeParse(value)
  if (parsed.success) return parsed.data
  for (const issue of parsed.error.issues)
    context.addIssue({ code: 'custom', message: issue.message, path: [...issue.path] })
  return z.NEVER
})

/** One event as it travels. */
export const storedEvent: z.ZodType<StoredEvent> = z
  .object({
    v: z.literal(1),
    id: key,
    revision: z.number().int().positive(),
    at: instant,
    lane: z.enum(LANES),
    sequence: z.number().int().positive(),
    body,
  })
  .refine((event) => event.lane === laneOf(event.body), 'event is in the wrong lane for its kind')
