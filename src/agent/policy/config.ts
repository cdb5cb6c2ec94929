import type { z } from 'zod'
import type { TimetableTold } from '#domain/console-timetable.ts'
import { isFailure } from '#domain/failure.ts'
import { checkReferences } from './check-references.ts'
import { type Complaint, complaint } from './complaint.ts'
import { fromIssue, onePerPlace, unknownKey } from './from-issue.ts'
import { FILE_LIMITS } from './limits.ts'
import { type ConfigProblems, configProblems, wholeFileProblem } from './problem.ts'
import { blockOf } from './raw-value.ts'
import {
  type AddressRuleSection,
  addressRulesSection,
  type RebindingSection,
  rebindingSection,
} from './sections/addresses.ts'
import { type BlockSection, blockSection } from './sections/block.ts'
import { type CacheSection, cacheSection } from './sections/cache.ts'
import { type CaptureSection, captureSection } from './sections/capture.ts'
import { type DownloadsSection, downloadsSection } from './sections/downloads.ts'
import { type FirewallSection, firewallSection } from './sections/firewall.ts'
import { type GroupsSection, groupsSection } from './sections/groups.ts'
import { type IdentitySection, identitySection } from './sections/identity.ts'
import { type ListenSection, listenSection } from './sections/listen.ts'
import { type ListSection, listsSection } from './sections/lists.ts'
import { type NetworkSection, networksSection } from './sections/networks.ts'
import { type RecursorSection, recursorSection } from './sections/recursor.ts'
import { type SchedulesSection, schedulesSection } from './sections/schedules.ts'
import { type SchoolRuleSection, schoolRulesSection } from './sections/school-rules.ts'
import { type SelftestSection, selftestSection } from './sections/selftest.ts'
import {
  type CollectorSection,
  collectorSection,
  type LimitsSection,
  type LinkSection,
  limitsSection,
  linkSection,
} from './sections/services.ts'
import {
  type QueriesSection,
  queriesSection,
  type SignalsSection,
  signalsSection,
} from './sections/signals.ts'
import { type TimetableSection, timetableSection } from './sections/timetable.ts'
import {
  type Strategy,
  strategySection,
  type UpstreamSection,
  upstreamsSection,
  type ZoneSection,
  zonesSection,
} from './sections/upstreams.ts'
import { withTimetable } from './told-timetable.ts'
import { parseYamlFile } from './yaml-file.ts'

/** A configuration file as written and found right: what it leaves out is undefined. See `ReadyConfig`. */
export interface Config {
  readonly listen: ListenSection | undefined
  readonly groups: GroupsSection | undefined
  readonly timetable: TimetableSection | undefined
  readonly schedules: SchedulesSection | undefined
  readonly networks: readonly NetworkSection[] | undefined
  readonly identity: IdentitySection | undefined
  readonly capture: CaptureSection | undefined
  readonly firewall: FirewallSection | undefined
  readonly allow: readonly SchoolRuleSection[] | undefined
  readonly deny: readonly SchoolRuleSection[] | undefined
  readonly 'deny-addresses': readonly AddressRuleSection[] | undefined
  readonly rebinding: RebindingSection | undefined
  readonly lists: readonly ListSection[] | undefined
  readonly downloads: DownloadsSection | undefined
  readonly upstreams: readonly UpstreamSection[] | undefined
  readonly recursor: RecursorSection | undefined
  readonly strategy: Strategy | undefined
  readonly zones: readonly ZoneSection[] | undefined
  readonly cache: CacheSection | undefined
  readonly link: LinkSection | undefined
  readonly selftest: SelftestSection | undefined
  readonly signals: SignalsSection | undefined
  readonly queries: QueriesSection | undefined
  readonly collector: CollectorSection | undefined
  readonly block: BlockSection | undefined
  readonly limits: LimitsSection | undefined
}

/** The keys of the file, in the order of the example. */
export const SECTIONS: readonly (keyof Config)[] = [
  'listen',
  'groups',
  'timetable',
  'schedules',
  'networks',
  'identity',
  'capture',
  'firewall',
  'allow',
  'deny',
  'deny-addresses',
  'rebinding',
  'lists',
  'downloads',
  'upstreams',
  'recursor',
  'strategy',
  'zones',
  'cache',
  'link',
  'selftest',
  'signals',
  'queries',
  'collector',
  'block',
  'limits',
]

/** What stands in a file that says nothing, and in the absence of a file. */
export const EMPTY_CONFIG: Config = {
  listen: undefined,
  groups: undefined,
  timetable: undefined,
  schedules: undefined,
  networks: undefined,
  identity: undefined,
  capture: undefined,
  firewall: undefined,
  allow: undefined,
  deny: undefined,
  'deny-addresses': undefined,
  rebinding: undefined,
  lists: undefined,
  downloads: undefined,
  upstreams: undefined,
  recursor: undefined,
  strategy: undefined,
  zones: undefined,
  cache: undefined,
  link: undefined,
  selftest: undefined,
  signals: undefined,
  queries: undefined,
  collector: undefined,
  block: undefined,
  limits: undefined,
}

/**
 * Reads the text of a configuration file; all problems are told at once, each with its line. `fileName` is only for the
 * messages. `told` takes the place of the file's timetable, and is checked as if it stood there. Never throws.
 */
export function parseConfig(
  text: string,
  fileName: string,
  told?: TimetableTold,
): Config | ConfigProblems {
  if (Buffer.byteLength(text) > FILE_LIMITS.configBytes)
    return wholeFileProblem(fileName, 'a larger file', `at most ${FILE_LIMITS.configBytes} bytes`)
  const yaml = parseYamlFile(text, told && ((value) => withTimetable(value, told)))
  if (!('locate' in yaml)) return configProblems(fileName, yaml)
  const complaints: Complaint[] = []
  const config = readSections(yaml.value, complaints)
  complaints.push(...checkReferences(config, yaml.value))
  if (complaints.length > 0)
    return configProblems(fileName, onePerPlace(complaints).map(yaml.locate))
  return config
}

/** Tells a refused configuration from a good one. */
export function isRefused(outcome: object): outcome is ConfigProblems {
  return isFailure(outcome)
}

/** Each section is read by itself, so that a fault in one hides none in another. */
function readSections(top: unknown, complaints: Complaint[]): Config {
  const given = blockOf(top)
  if (top !== null && top !== undefined && !given)
    complaints.push(complaint([], `a block with ${SECTIONS.join(', ')}`))
  for (const key of Object.keys(given ?? {}))
    if (!SECTIONS.some((section) => section === key)) complaints.push(unknownKey([key], SECTIONS))
  const read = <T>(key: keyof Config, schema: z.ZodType<T>): T | undefined => {
    const found = given?.[key]
    // A key with nothing under it, as is left when all below is commented out, says nothing.
    return found === undefined || found === null ? undefined : parse(schema, found, key, complaints)
  }
  return {
    listen: read('listen', listenSection),
    groups: read('groups', groupsSection),
    timetable: read('timetable', timetableSection),
    schedules: read('schedules', schedulesSection),
    networks: read('networks', networksSection),
    identity: read('identity', identitySection),
    capture: read('capture', captureSection),
    firewall: read('firewall', firewallSection),
    allow: read('allow', schoolRulesSection),
    deny: read('deny', schoolRulesSection),
    'deny-addresses': read('deny-addresses', addressRulesSection),
    rebinding: read('rebinding', rebindingSection),
    lists: read('lists', listsSection),
    downloads: read('downloads', downloadsSection),
    upstreams: read('upstreams', upstreamsSection),
    recursor: read('recursor', recursorSection),
    strategy: read('strategy', strategySection),
    zones: read('zones', zonesSection),
    cache: read('cache', cacheSection),
    link: read('link', linkSection),
    selftest: read('selftest', selftestSection),
    signals: read('signals', signalsSection),
    queries: read('queries', queriesSection),
    collector: read('collector', collectorSection),
    block: read('block', blockSection),
    limits: read('limits', limitsSection),
  }
}

function parse<T>(
  schema: z.ZodType<T>,
  found: unknown,
  key: string,
  complaints: Complaint[],
): T | undefined {
  const result = schema.safeParse(found)
  if (result.success) return result.data
  for (const issue of result.error.issues) complaints.push(...fromIssue(issue, [key]))
  return undefined
}
