import { createHash } from 'node:crypto'
import { dirname, resolve } from 'node:path'
import type { Zone } from '#rules/zone.ts'
import { blockPageNotes } from './block-page-notes.ts'
import type { Config } from './config.ts'
import { denyNotes } from './deny-notes.ts'
import { groupPolicies, strictestGroup, timetabledCategories } from './group-policy.ts'
import { identityNotes } from './identity-notes.ts'
import { limitsFrom } from './limits.ts'
import { listNotes } from './list-notes.ts'
import { readyBlock } from './ready-block.ts'
import { readyCapture } from './ready-capture.ts'
import type {
  AddressRule,
  ListOrigin,
  ReadyConfig,
  ReadyDownloads,
  ReadyList,
  ReadyNetwork,
  ReadyRebinding,
  SchoolRule,
} from './ready-config.ts'
import { readyEncrypted } from './ready-encrypted.ts'
import { readyIdentity } from './ready-identity.ts'
import { endOf, hasLessons, readySchedules, readyTimetable } from './ready-timetable.ts'
import { readyZones, upstreamsOf } from './ready-upstreams.ts'
import type { AddressRuleSection, RebindingSection } from './sections/addresses.ts'
import { DEFAULT_LISTEN } from './sections/listen.ts'
import { DEFAULT_EVERY_MS, type ListSection } from './sections/lists.ts'
import { cidrText, type NetworkSection } from './sections/networks.ts'
import type { SchoolRuleSection } from './sections/school-rules.ts'
import { DEFAULT_COLLECTOR_URL, DEFAULT_LINK_INTERVAL_SECONDS } from './sections/services.ts'
import { KEEP_DAYS } from './sections/signals.ts'

/** What the machine says where the file is silent. */
export interface Surroundings {
  /** The file that the config was read from, absolute, and its text; undefined for the embedded defaults. */
  readonly file: { readonly path: string; readonly text: string } | undefined
  /** The text of /etc/resolv.conf; empty when there is none. */
  readonly resolvConf: string
  /** The addresses of this machine, so that no upstream is ourselves. */
  readonly localAddresses: readonly string[]
  /** Where the recursor of this process listens. Absent: 127.0.0.1. */
  readonly recursorAddress?: string
}

/** This machine alone, as pupils of the middle years: something that can be tried and that filters. */
const DEFAULT_NETWORKS: readonly NetworkSection[] = [
  { cidr: { bytes: Uint8Array.of(127, 0, 0, 0), prefixLength: 8 }, group: 'ks3' },
  {
    cidr: {
      bytes: Uint8Array.from({ length: 16 }, (_, i) => (i === 15 ? 1 : 0)),
      prefixLength: 128,
    },
    group: 'ks3',
  },
]

/** Fills in every default. Never throws, blocks or reads anything. */
export function normalise(config: Config, surroundings: Surroundings): ReadyConfig {
  const { file } = surroundings
  const timetable = readyTimetable(config.timetable ?? {})
  const schedules = readySchedules(config.schedules ?? {})
  const groups = groupPolicies(config.groups ?? {}, schedules, hasLessons(timetable))
  const dns = config.listen?.dns?.length ? config.listen.dns : DEFAULT_LISTEN.dns
  const folder = dirname(file?.path ?? '/')
  const { notes, ...asked } = upstreamsOf(config, dns, surroundings)
  const block = readyBlock(config.block ?? {}, folder)
  const lists = (config.lists ?? []).map((list) => readyList(list, folder))
  const downloads = readyDownloads(config.downloads ?? {}, folder)
  const identity = readyIdentity(config.identity ?? {}, folder)
  return {
    policyId: file ? policyIdOf(file.text) : 'embedded',
    file: file?.path,
    listen: {
      dns,
      metrics: config.listen?.metrics ?? DEFAULT_LISTEN.metrics,
      udp: config.listen?.udp ?? DEFAULT_LISTEN.udp,
      workers: config.listen?.workers ?? DEFAULT_LISTEN.workers,
      cookies: config.listen?.cookies ?? DEFAULT_LISTEN.cookies,
      encrypted: readyEncrypted(config.listen ?? {}, folder, surroundings.localAddresses),
    },
    groups,
    timetable,
    networks: networksOf(config.networks ?? DEFAULT_NETWORKS),
    strictestGroup: strictestGroup(groups),
    identity,
    capture: readyCapture(config.capture ?? {}),
    schoolAllow: (config.allow ?? []).map((rule) => schoolRule(rule, timetable.zone)),
    schoolDeny: (config.deny ?? []).map((rule) => schoolRule(rule, timetable.zone)),
    denyAddresses: (config['deny-addresses'] ?? []).map(addressRule),
    rebinding: readyRebinding(config.rebinding ?? {}),
    lists,
    downloads,
    ...asked,
    strategy: config.strategy ?? 'in-order',
    zones: readyZones(config.zones ?? [], folder),
    cache: readyCache(config.cache ?? {}),
    ...aroundDns(config),
    collector: { url: config.collector?.url ?? DEFAULT_COLLECTOR_URL },
    block,
    limits: limitsFrom(config.limits ?? {}),
    notes: [
      ...notes,
      ...timetableNotes(config, groups, hasLessons(timetable)),
      ...denyNotes(config.deny ?? []),
      ...rebindingNotes(config),
      ...listNotes(lists, downloads),
      ...blockPageNotes(block),
      ...identityNotes(identity),
    ],
  }
}

function readyCache(section: NonNullable<Config['cache']>): ReadyConfig['cache'] {
  return {
    save: section.save ?? true,
    prefetch: section.prefetch ?? true,
    nxdomainBelow: section['nxdomain-below'] ?? false,
  }
}

/** What is watched and made beside the answering of queries. */
function aroundDns({
  link,
  firewall,
  selftest,
  signals,
  queries,
}: Config): Pick<ReadyConfig, 'link' | 'firewall' | 'leakResolvers' | 'signals' | 'queries'> {
  return {
    link: readyLink(link ?? {}),
    firewall: { exempt: firewall?.exempt ?? [], servers: firewall?.servers ?? [] },
    leakResolvers: (selftest?.['leak-resolvers'] ?? []).map(({ address, port = DNS_PORT }) => ({
      address,
      port,
    })),
    signals: { enabled: signals?.enabled ?? true },
    queries: {
      enabled: queries?.enabled ?? true,
      keepDays: queries?.['keep-days'] ?? KEEP_DAYS.default,
    },
  }
}
const DNS_PORT = 53

function policyIdOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}

function networksOf(networks: readonly NetworkSection[]): readonly ReadyNetwork[] {
  return networks
    .map(({ cidr, group, name }) => ({ network: cidr, group, name: name ?? cidrText(cidr) }))
    .toSorted((a, b) => b.network.prefixLength - a.network.prefixLength)
}

function schoolRule(rule: SchoolRuleSection, zone: Zone): SchoolRule {
  const { name, reason, author = '', groups = 'all', expires } = rule
  return { name, reason, author, groups, until: expires && endOf(expires, zone) }
}

function addressRule({ cidr, reason, author, groups }: AddressRuleSection): AddressRule {
  return { network: cidr, reason, author: author ?? '', groups: groups ?? 'all' }
}

function readyLink(link: NonNullable<Config['link']>): ReadyConfig['link'] {
  return {
    targets: link.targets ?? [],
    intervalSeconds: link['interval-seconds'] ?? DEFAULT_LINK_INTERVAL_SECONDS,
  }
}

function readyDownloads(
  { ca, 'private-hosts': privateHosts = [] }: NonNullable<Config['downloads']>,
  folder: string,
): ReadyDownloads {
  return { privateHosts, caFile: ca && resolve(folder, ca) }
}

function readyList(list: ListSection, folder: string): ReadyList {
  const facts = {
    id: list.id,
    origin: originOf(list, folder),
    member: list.member,
    title: list.title ?? list.id,
    licence: list.licence ?? 'not stated',
    source: list.source ?? list.url ?? list.path ?? '',
    trusted: list.trusted ?? false,
  }
  const { format, category } = list
  // A plain list without a category was refused before.
  if (format !== 'ut1' && category !== undefined) return { ...facts, format, category }
  return { ...facts, format: 'ut1', categories: new Map(Object.entries(list.categories ?? {})) }
}

function originOf(list: ListSection, folder: string): ListOrigin {
  const { path, url, mirrors, every, signature } = list
  // A list with neither or both was refused before.
  if (url === undefined) return { kind: 'file', path: resolve(folder, path ?? '') }
  return {
    kind: 'url',
    urls: [url, ...(mirrors ?? [])],
    everyMs: every ?? DEFAULT_EVERY_MS,
    signature: signature && { key: signature.key, url: signature.url },
  }
}

function readyRebinding(section: RebindingSection): ReadyRebinding {
  return { enabled: section.enabled ?? true, allowZones: section['allow-zones'] ?? [] }
}

function rebindingNotes({ rebinding }: Config): readonly string[] {
  if (rebinding?.enabled !== false) return []
  return ['rebinding is off: a public name may lead to private addresses of this site']
}

function timetableNotes(
  config: Config,
  groups: ReadyConfig['groups'],
  isTimed: boolean,
): readonly string[] {
  return [...groups.values()].flatMap(({ group, profile }) => {
    const categories = timetabledCategories(profile, config.groups?.[group] ?? {})
    if (categories.length === 0) return []
    const how = isTimed
      ? 'are blocked in lessons and allowed outside them'
      : 'would follow a timetable; there is none, so they are blocked'
    return [`group ${group}: ${categories.join(', ')} ${how}`]
  })
}
