/** What is still to be done on a box, or is wrong with how it is set up: one list, each with its remedy. Pure. */
import type { HiddenSchool } from '#domain/hidden-school.ts'
import { hiddenSchoolSentences } from '#domain/hidden-school.ts'
import { parseAddress } from '#domain/ip-address.ts'
import { type LockedStatus, lockedFault, lockedSentence } from '#domain/locked-status.ts'
import type { SetupItem } from '#domain/setup-item.ts'
import { CURATED_SETS } from '#rules/sets/sets.ts'
import type { ReadyConfig } from '../policy/ready-config.ts'

/** What the check is made from. */
export interface SetupFacts {
  readonly config: ReadyConfig
  readonly refused: readonly string[]
  readonly listeners: readonly {
    readonly transport: string
    readonly address: string
    readonly port: number
  }[]
  readonly hiddenSchool: HiddenSchool | undefined
  readonly capture: { readonly state: 'on' | 'off'; readonly detail: string }
  /** Why events do not reach the collector; undefined where they do. */
  readonly shippingFault: string | undefined
  readonly link: { readonly state: string; readonly detail: string }
  readonly listFaults: readonly string[]
  readonly themesWithoutList: readonly string[]
  readonly locked: LockedStatus
  /** Of the newest self-test; undefined until one has run. */
  readonly selftestFailures: number | undefined
  readonly wallMs: number
}

type Check = (facts: SetupFacts) => SetupItem | readonly SetupItem[]

const DNS_PORT = 53
/** No clock that is right shows an earlier time. */
const NEWEST_SET_MS = Math.max(...CURATED_SETS.map(({ updatedAt }) => updatedAt))

const checkConfig: Check = ({ config, refused }) => {
  if (refused.length > 0)
    return wrong(
      'configuration',
      'the newest configuration was refused, and the one before is in force',
      `run supercloud-edge check ${config.file ?? ''}`.trim(),
    )
  if (config.file !== undefined) return done('configuration', `${config.file} is in force`)
  return todo(
    'configuration',
    'there is no configuration file: built-in defaults are in force',
    'write edge.yaml; docs/edge.example.yaml has every key',
  )
}

const checkNetworks: Check = ({ config }) => {
  const { networks, strictestGroup } = config
  const count = networks.filter(({ network }) => !isLoopback(network.bytes)).length
  if (count > 0) return done('networks', `${count} networks have a group`)
  return todo(
    'networks',
    `no network of the school is named: every device gets group ${strictestGroup}`,
    'name each network with its group under networks',
  )
}

const checkListening: Check = ({ listeners }) => {
  const reachable = listeners.filter(({ address }) => !isLoopback(parseAddress(address)))
  const plain = reachable.filter(({ transport, port }) => transport === 'udp' && port === DNS_PORT)
  if (plain.length > 0)
    return done('listening', `devices can ask ${plain.map(({ address }) => address).join(', ')}`)
  const where = listeners
    .filter(({ transport }) => transport === 'udp')
    .map(({ address, port }) => `${address} port ${port}`)
  return wrong(
    'listening',
    `devices cannot ask this box: it answers at ${where.join(', ') || 'no address'}, and they ask port 53`,
    'let listen.dns name an address that devices reach, with port 53, and restart',
  )
}

const checkUpstreams: Check = ({ config, link }) => {
  if (config.upstreams.length === 0)
    return wrong('upstreams', 'there is nobody to ask for names', 'name resolvers under upstreams')
  if (link.state === 'down')
    return wrong('upstreams', `the link is down: ${link.detail}`, 'see supercloud-edge status')
  return done('upstreams', `${config.upstreams.length} can be asked`)
}

const checkHidden: Check = ({ hiddenSchool }) => {
  if (!hiddenSchool) return done('clients', 'devices ask this box themselves, as far as was seen')
  const [say = '', remedy = ''] = hiddenSchoolSentences(hiddenSchool)
  return wrong('clients', say, remedy)
}

const checkIdentity: Check = ({ config }) => {
  const { devices, owners, leases, radius, directory } = {
    ...config.identity,
    owners: config.identity.ownersFile,
  }
  const named = [
    ...(radius ? ['RADIUS accounting'] : []),
    ...(leases.length > 0 ? ['DHCP leases'] : []),
    ...(owners === undefined ? [] : ['the owners of devices']),
    ...(directory ? ['a directory'] : []),
    ...(devices.length > 0 ? ['devices in the configuration'] : []),
  ]
  if (radius || owners !== undefined)
    return done('identity', `people are known by ${named.join(', ')}`)
  const known =
    named.length > 0
      ? `devices are known by ${named.join(', ')}, and people are not`
      : 'neither devices nor people are known beyond their network'
  return todo(
    'identity',
    known,
    'set up identity.radius or identity.owners: see docs/edge.example.yaml',
  )
}

const checkCapture: Check = ({ capture }) =>
  capture.state === 'on'
    ? done('capture', capture.detail)
    : todo(
        'capture',
        `what goes round this box is not seen on the network: ${capture.detail}`,
        'set up packet capture, at a port of the switch that mirrors the clients',
      )

const checkCollector: Check = ({ shippingFault, config }) =>
  shippingFault === undefined
    ? done('collector', `events reach ${config.collector.url}`)
    : wrong(
        'collector',
        `events do not reach the collector, so nobody hears of them: ${shippingFault}`,
        'see to collector.url, and that this box is enrolled there',
      )

const checkClock: Check = ({ wallMs }) =>
  wallMs >= NEWEST_SET_MS
    ? done('clock', new Date(wallMs).toISOString())
    : wrong(
        'clock',
        `the clock says ${new Date(wallMs).toISOString()}, which is before this program was made`,
        'set the clock, and let the machine follow a time server (systemd-timesyncd, chrony)',
      )

const checkLists: Check = ({ listFaults, config }) => {
  if (listFaults.length > 0)
    return listFaults.map((text) => wrong('lists', text, 'see supercloud-edge lists'))
  if (config.lists.length > 0) return done('lists', `${config.lists.length} are as they should be`)
  return todo('lists', 'no list is configured beside those that ship', 'name lists under lists')
}

const checkThemes: Check = ({ themesWithoutList }) =>
  themesWithoutList.map((theme) =>
    todo('themes', `this box cannot notice ${theme}`, 'install a list of that theme under lists'),
  )

const checkLocked: Check = ({ locked, wallMs }) => {
  const fault =
    locked.kind === 'none' ? lockedSentence(locked, wallMs) : lockedFault(locked, wallMs)
  return fault === undefined
    ? done('illegal content', 'a locked bundle is in force')
    : wrong(
        'illegal content',
        fault,
        'ask your operator for a bundle: supercloud-edge locked install',
      )
}

const checkProof: Check = ({ selftestFailures, config }) => {
  const leaks =
    config.leakResolvers.length > 0
      ? done('leak test', 'other resolvers are tried each hour')
      : todo(
          'leak test',
          'nobody tries whether clients can ask other resolvers',
          'name a resolver outside under selftest.leak-resolvers',
        )
  if (selftestFailures === undefined)
    return [todo('self-test', 'none has run yet', 'run supercloud-edge selftest'), leaks]
  if (selftestFailures === 0) return [done('self-test', 'the newest found nothing wrong'), leaks]
  const say = `the newest found ${selftestFailures} failures`
  return [wrong('self-test', say, 'run supercloud-edge selftest'), leaks]
}

const CHECKS: readonly Check[] = [
  checkConfig,
  checkListening,
  checkNetworks,
  checkUpstreams,
  checkClock,
  checkHidden,
  checkIdentity,
  checkCapture,
  checkLists,
  checkThemes,
  checkLocked,
  checkCollector,
  checkProof,
]

/** The whole list, in the order in which one would go about it. */
export function checkSetup(facts: SetupFacts): readonly SetupItem[] {
  return CHECKS.flatMap((check) => check(facts))
}

function done(item: string, say: string): SetupItem {
  return { item, state: 'done', say, remedy: '' }
}

function todo(item: string, say: string, remedy: string): SetupItem {
  return { item, state: 'to-do', say, remedy }
}

function wrong(item: string, say: string, remedy: string): SetupItem {
  return { item, state: 'wrong', say, remedy }
}

function isLoopback(bytes: Uint8Array | undefined): boolean {
  if (!bytes) return false
  if (bytes.length === 4) return bytes[0] === 127
  return bytes.every((byte, i) => byte === (i === 15 ? 1 : 0))
}
