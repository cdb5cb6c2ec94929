import type { AddressBytes, Cidr } from '#domain/ip-address.ts'
import type { CategoryId } from '#rules/categories.ts'
import type { DomainName } from '#rules/domain-name.ts'
import type { TimedPolicy } from '#rules/timed-policy.ts'
import type { Timetable } from '#rules/timetable.ts'
import type { PageLanguage } from '../block-page/wording/languages.ts'
import type { Limits } from './limits.ts'
import type { ProfileName } from './profiles.ts'
import type { ReadyCapture } from './ready-capture.ts'
import type { ReadyIdentity } from './ready-identity.ts'
import type { BlockAnswer, HarmReason } from './sections/block.ts'
import type { EchMode } from './sections/groups.ts'
import type { CookieMode, Endpoint, UdpWay } from './sections/listen.ts'
import type { Strategy, UpstreamTransport } from './sections/upstreams.ts'

/** A group's policy, complete: an action for every category. Read by agent/rules and agent/identity. */
export interface ReadyGroup extends TimedPolicy {
  readonly profile: ProfileName
  /** Read by agent/stages. */
  readonly ech: EchMode
  /** Whether its clients are held to a rate over UDP. */
  readonly isRateLimited: boolean
}

/** Read by agent/identity. */
export interface ReadyNetwork {
  readonly network: Cidr
  readonly group: string
  /** The school's name for it, else the network itself. */
  readonly name: string
}

/** A name that the school allows or denies with all below it. Read by agent/rules and by `explain`. */
export interface SchoolRule {
  readonly name: DomainName
  readonly reason: string
  /** Empty where the file names none. */
  readonly author: string
  readonly groups: readonly string[] | 'all'
  /** When it goes out of force, in milliseconds since the epoch; undefined: never. */
  readonly until: number | undefined
}

/** Addresses that no answer may lead to. Read by the inspecting of answers and by `explain`. */
export interface AddressRule {
  readonly network: Cidr
  readonly reason: string
  /** Empty where the file names none. */
  readonly author: string
  readonly groups: readonly string[] | 'all'
}

/** How one group is told of a block. */
export interface ReadyGroupBlock {
  readonly answer: BlockAnswer
  readonly ttlSeconds: number
  readonly harmReason: HarmReason
  /** Categories answered in another way. */
  readonly categories: ReadonlyMap<CategoryId, BlockAnswer>
}

/** The page that the answer `address` leads to. Read by agent/block-page. */
export interface ReadyPage {
  readonly listen: readonly Endpoint[]
  /** Paths are absolute. */
  readonly tls:
    | { readonly listen: readonly Endpoint[]; readonly certificate: string; readonly key: string }
    | undefined
  /** Empty where the file names none. */
  readonly school: string
  readonly contact: string
  /** Whether a page may be asked for. */
  readonly requests: boolean
  readonly language: PageLanguage
}

/** How blocks are told. */
export interface ReadyBlock extends ReadyGroupBlock {
  /** Where `address` leads. */
  readonly address: { readonly v4: AddressBytes | undefined; readonly v6: AddressBytes | undefined }
  /** Undefined: this box serves none. */
  readonly page: ReadyPage | undefined
  /** Complete by itself for each group that the file names. */
  readonly groups: ReadonlyMap<string, ReadyGroupBlock>
}

/** Private addresses of public names. */
export interface ReadyRebinding {
  readonly enabled: boolean
  /** Names that may have private addresses, with all below. */
  readonly allowZones: readonly DomainName[]
}

/** A resolver to ask. Read by agent/upstream and agent/link. */
export interface ReadyUpstream extends Endpoint {
  readonly transport: UpstreamTransport
  /** With `dot` and `doh` the name that its certificate must have, else empty. */
  readonly name: string
  /** With `doh`, else empty. */
  readonly path: string
  /** Absolute. Undefined: the usual authorities. */
  readonly caFile: string | undefined
  readonly validates: boolean
  /** The address of this machine that it is asked from, which no configuration names; absent: whichever the system takes. */
  readonly from?: string
}

/** Unbound beside the agent, which checks signatures. Read by agent/recursor and agent/link. */
export interface ReadyRecursor extends Endpoint {
  /** Empty: it asks from the root on. */
  readonly forwarders: readonly ReadyUpstream[]
  /** Absolute. Undefined: the internet's own root. */
  readonly rootHints: string | undefined
  readonly trustAnchors: string | undefined
}

/** Names that upstreams of their own know. */
export interface ReadyZone {
  readonly zone: DomainName
  readonly upstreams: readonly ReadyUpstream[]
  /** Whether they may have private addresses. */
  readonly allowPrivate: boolean
}

/** Where a list comes from. */
export type ListOrigin =
  /** Absolute. A folder for `ut1`; an archive is unpacked. */
  | { readonly kind: 'file'; readonly path: string }
  | {
      readonly kind: 'url'
      /** https, asked in turn. */
      readonly urls: readonly string[]
      readonly everyMs: number
      readonly signature: ListSignature | undefined
    }

/** A minisign signature that a download must have. */
export interface ListSignature {
  readonly key: string
  /** Undefined: beside the list, with `.minisig` after its name. */
  readonly url: string | undefined
}

interface ListFacts {
  readonly id: string
  readonly origin: ListOrigin
  /** The file meant in an archive of several. */
  readonly member: string | undefined
  readonly title: string
  readonly licence: string
  readonly source: string
  readonly trusted: boolean
}

/** A list of names. Read by agent/supply, which gives agent/rules the file to compile. */
export type ReadyList =
  | (ListFacts & {
      readonly format: 'hosts' | 'domains' | 'adblock' | 'rpz' | 'dnsmasq' | 'regex'
      readonly category: CategoryId
    })
  | (ListFacts & {
      readonly format: 'ut1'
      /** Folders that do not follow the built-in table. */
      readonly categories: ReadonlyMap<string, CategoryId | 'off'>
    })

/** What holds for every download. */
export interface ReadyDownloads {
  /** As in a URL. They alone may have private addresses. */
  readonly privateHosts: readonly string[]
  /** Absolute. Certificates that are believed beside the usual ones. */
  readonly caFile: string | undefined
}

/** What is done with answers beside keeping them. */
interface ReadyCache {
  /** Whether they are kept over a restart, on the disk. */
  readonly save: boolean
  readonly prefetch: boolean
  /** Whether "no such name" answers for all names below it. */
  readonly nxdomainBelow: boolean
}

/** A host that is probed over TCP. */
interface LinkTarget {
  readonly host: string
  readonly port: number
}

/** The lines to the internet. Read by agent/link and agent/selftest. */
export interface ReadyLink {
  readonly targets: readonly LinkTarget[]
  readonly intervalSeconds: number
  /** This machine's address on a second line; undefined: none is known. */
  readonly backupAddress: string | undefined
}

/** Encrypted DNS for clients: over TLS and over HTTPS. */
export interface ReadyEncrypted {
  /** Empty: off. */
  readonly dot: readonly Endpoint[]
  readonly doh: readonly Endpoint[]
  /** The school's own certificate, absolute paths; undefined: the box makes one. */
  readonly files: { readonly certificate: string; readonly key: string } | undefined
  /** The host name that clients are told; undefined where the file gives none. */
  readonly name: DomainName | undefined
  /** The addresses of this box at which clients find it. */
  readonly addresses: readonly AddressBytes[]
}

/** A configuration ready for use: nothing is optional any more, and everything in it was checked. */
export interface ReadyConfig {
  /** First 16 hex digits of the SHA-256 of the file, or `embedded`. */
  readonly policyId: string
  /** Absolute path of the file, or undefined for the embedded defaults. */
  readonly file: string | undefined
  /** Read by agent/listen. Changing it needs a restart. */
  readonly listen: {
    readonly dns: readonly Endpoint[]
    readonly metrics: Endpoint
    /** `node` also where `batch` cannot be had. */
    readonly udp: UdpWay
    /** Threads that answer in batches; of no effect where UDP goes by `node`. */
    readonly workers: number
    readonly cookies: CookieMode
    readonly encrypted: ReadyEncrypted
  }
  readonly groups: ReadonlyMap<string, ReadyGroup>
  /** Without terms where the file has none; the zone is always there. */
  readonly timetable: Timetable
  /** Longest prefix first, so that the first match is the right one. */
  readonly networks: readonly ReadyNetwork[]
  /** The group of local addresses that lie in no network. */
  readonly strictestGroup: string
  /** Read by agent/identity. */
  readonly identity: ReadyIdentity
  /** Read by agent/capture. */
  readonly capture: ReadyCapture
  /** Read by `supercloud-edge firewall`: groups whose networks and devices are left alone, and servers that may ask and be asked. */
  readonly firewall: { readonly exempt: readonly string[]; readonly servers: readonly string[] }
  readonly schoolAllow: readonly SchoolRule[]
  readonly schoolDeny: readonly SchoolRule[]
  readonly denyAddresses: readonly AddressRule[]
  readonly rebinding: ReadyRebinding
  readonly lists: readonly ReadyList[]
  /** Read by agent/supply. */
  readonly downloads: ReadyDownloads
  /** Read by agent/upstream and agent/link. May be empty: then nothing can be forwarded, and the status says so. */
  readonly upstreams: readonly ReadyUpstream[]
  /** Where it is not undefined it is the one of `upstreams`. */
  readonly recursor: ReadyRecursor | undefined
  /** For the upstreams, and for those of each zone. */
  readonly strategy: Strategy
  readonly zones: readonly ReadyZone[]
  /** Read by agent/cache. Changing it needs a restart, but for `save`. */
  readonly cache: ReadyCache
  readonly link: ReadyLink
  /** Read by agent/selftest: resolvers that no client should reach; none by default. */
  readonly leakResolvers: readonly Endpoint[]
  /** Read by agent/signals. */
  readonly signals: { readonly enabled: boolean }
  /** Read by agent/queries. */
  readonly queries: { readonly enabled: boolean; readonly keepDays: number }
  /** Read by agent/outbox. An origin: scheme, host and port. */
  readonly collector: { readonly url: string }
  /** Read by agent/stages. */
  readonly block: ReadyBlock
  readonly limits: Limits
  /** What whoever wrote the file should know, in words; none of it is wrong. Shown by `check`. */
  readonly notes: readonly string[]
}
