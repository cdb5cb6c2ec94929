import type { CaptureReport } from '#domain/capture-report.ts'
import { deviceName } from '#domain/device-name.ts'
import { parseMac } from '#domain/mac-address.ts'
import type { AgentBase } from './agent-base.ts'
import { startDirectory } from './identity/feeds/directory/start-directory.ts'
import type { FeedParts } from './identity/feeds/feed-parts.ts'
import { startLeases } from './identity/feeds/leases/start-leases.ts'
import type { AskName } from './identity/feeds/names/ask-reverse.ts'
import { startNames } from './identity/feeds/names/start-names.ts'
import { startNeighbours } from './identity/feeds/neighbours/start-neighbours.ts'
import { startOwners } from './identity/feeds/owners/start-owners.ts'
import { isVisitor } from './identity/feeds/person.ts'
import { startRadius } from './identity/feeds/radius/start-radius.ts'
import type { Identity } from './identity/identity.ts'
import type { Sighting } from './identity/sighting.ts'
import type { Reading } from './metrics/agent-metrics.ts'
import { feedReadings } from './metrics/feed-metrics.ts'
import type { ReadyConfig } from './policy/ready-config.ts'
import type { PolicyKeeper } from './policy-keeper.ts'

/** So often the main thread counts who has asked it. */
const COUNT_EVERY_MS = 5_000
/** What was seen on the wire holds for so long, unless it is seen again. */
const CAPTURED_LASTS_MS = 1_200_000
const CAPTURED_NAME_LASTS_MS = 86_400_000

export interface RunningIdentity {
  readonly use: (config: ReadyConfig) => void
  /** Takes what the capture process has seen. */
  readonly report: (report: CaptureReport) => void
  readonly readings: () => readonly Reading[]
  readonly close: () => Promise<void>
}

/** Starts everything that tells who asks. `ask` asks whoever is responsible for a name. */
export function startIdentity(
  base: AgentBase,
  keeper: PolicyKeeper,
  ask: AskName,
): RunningIdentity {
  const { identities, first } = base
  const feeds = startFeeds(base, ask)
  identities.onAsking((address, identity) => feeds.lookInto(address, identity))
  const counting = setInterval(() => identities.noteAsked(keeper.takeAsked()), COUNT_EVERY_MS)
  feeds.use(first)
  return {
    use: (config) => {
      identities.use(config)
      feeds.use(config)
    },
    report: (report) => tellSeen(report, identities.tell),
    readings: () => feeds.readings(),
    close: async () => {
      clearInterval(counting)
      identities.close()
      await feeds.close()
    },
  }
}

function startFeeds({ identities, first, clock, log, faults }: AgentBase, ask: AskName) {
  const plain: FeedParts = { clock, log, faults, tell: identities.tell }
  const directory = startDirectory(directoryConfig(first), plain)
  // Whoever becomes known is looked up in the directory; visitors are in another's.
  const lookUp = (user: string | undefined): void => {
    if (user !== undefined && !isVisitor(user)) directory.ask(user)
  }
  const tell = (sighting: Sighting): void => {
    identities.tell(sighting)
    if ('user' in sighting && sighting.kind !== 'user-known') lookUp(sighting.user)
  }
  const parts: FeedParts = { ...plain, tell }
  const { identity } = first
  const radius = startRadius(identity.radius, parts)
  const owners = startOwners(ownersConfig(first), { ...parts, cleanName: deviceName })
  const leases = startLeases(identity, parts)
  const neighbours = startNeighbours(identity, parts)
  const names = startNames(first, { ...parts, ask })
  const all = [directory, radius, owners, leases, neighbours, names]
  return {
    lookInto: (address: string, { mac, name, user }: Identity): void => {
      if (!name) names.want(address, mac)
      lookUp(user?.value)
    },
    use: (config: ReadyConfig): void => {
      directory.use(directoryConfig(config))
      radius.use(config.identity.radius)
      owners.use(ownersConfig(config))
      leases.use(config.identity)
      neighbours.use(config.identity)
      names.use(config)
      for (const { user } of config.identity.devices) lookUp(user)
    },
    readings: () => feedReadings({ directory, radius, owners, leases, neighbours, names }),
    close: async (): Promise<void> => {
      await Promise.all(all.map((feed) => feed.close()))
    },
  }
}

function directoryConfig({ identity }: ReadyConfig) {
  return { directory: identity.directory, groups: [...identity.memberOf.keys()] }
}

function ownersConfig({ identity, groups }: ReadyConfig) {
  return { file: identity.ownersFile, groups: new Set(groups.keys()) }
}

/** What was seen of a device on the wire. */
function tellSeen(report: CaptureReport, tell: (sighting: Sighting) => void): void {
  if (report.kind !== 'device-seen') return
  const { address, hostname, vendorClass, fingerprint } = report
  const mac = parseMac(report.mac)
  if (mac === undefined) return
  if (address !== undefined)
    tell({ kind: 'address-seen', source: 'capture', mac, address, lastsMs: CAPTURED_LASTS_MS })
  const name = hostname === undefined ? undefined : deviceName(hostname)
  const of = { kind: 'mac', mac } as const
  if (name !== undefined)
    tell({ kind: 'name-seen', source: 'capture', of, name, lastsMs: CAPTURED_NAME_LASTS_MS })
  const called = vendorClass === undefined ? undefined : deviceName(vendorClass)
  const said = {
    ...(called !== undefined && { vendorClass: called }),
    ...(fingerprint !== undefined && { fingerprint }),
  }
  if (Object.keys(said).length > 0) tell({ kind: 'dhcp-seen', source: 'capture', mac, said })
}
