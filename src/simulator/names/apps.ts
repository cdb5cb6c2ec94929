/** What devices ask for by themselves: systems, and apps of which some are closed to pupils and keep trying. */
import type { CategoryId } from '#rules/category-ids.ts'
import type { DeviceKind } from '../school/school-mix.ts'
import { madeUpName } from './made-up-name.ts'
import type { Host } from './site.ts'

export interface App {
  readonly id: string
  readonly hosts: readonly Host[]
  /** Rounds an hour while the device is awake; each asks for some of the hosts. */
  readonly perHour: number
  /** Which devices have it, and how many of them. */
  readonly on: Readonly<Partial<Record<DeviceKind, number>>>
}

function hostsOf(
  owner: string,
  words: readonly string[],
  category: CategoryId | undefined,
): readonly Host[] {
  return words.map((word) => {
    const name = madeUpName(`${word}.${owner}`, category)
    return category === undefined ? { name } : { name, category }
  })
}

function app(
  id: string,
  perHour: number,
  on: App['on'],
  words: readonly string[],
  category?: CategoryId,
): App {
  return { id, perHour, on, hosts: hostsOf(id, words, category) }
}

const LAPTOPS = { 'own-laptop': 1, 'lab-pc': 1, trolley: 1, 'staff-laptop': 1 } as const
const PHONES = { 'own-phone': 1, 'guest-phone': 1 } as const

/** How often each asks is our assumption; that blocked apps keep trying, and systems look for VPNs and other DNS, is not. */
export const APPS: readonly App[] = [
  app('os-laptop', 20, LAPTOPS, ['time', 'push', 'update', 'telemetry', 'captive'], 'core.infra'),
  app('os-phone', 25, PHONES, ['time', 'push', 'update', 'icloud', 'captive'], 'core.infra'),
  app('os-fixture', 10, { fixture: 1 }, ['ntp', 'cloudprint', 'firmware'], 'core.infra'),
  app('office', 12, { ...LAPTOPS, ...PHONES }, ['login', 'files', 'mail', 'telemetry', 'edge']),
  app('classroom', 9, LAPTOPS, ['api', 'sync', 'media'], 'core.education'),
  app('mail', 6, { 'staff-laptop': 1, ...PHONES }, ['imap', 'push']),
  app('antivirus', 4, { 'own-laptop': 1, 'lab-pc': 1, 'staff-laptop': 1 }, ['sig', 'cloud', 'rep']),
  // Closed to pupils: an app that finds no server asks again and again.
  app(
    'chatter',
    20,
    { 'own-laptop': 0.1, 'own-phone': 0.8, 'guest-phone': 0.8 },
    ['edge', 'mqtt', 'graph', 'cdn'],
    'contact.messaging',
  ),
  app(
    'snaps',
    18,
    { 'own-laptop': 0.05, 'own-phone': 0.8, 'guest-phone': 0.6 },
    ['api', 'media', 'feed'],
    'contact.social',
  ),
  app(
    'clips',
    15,
    { 'own-laptop': 0.05, 'own-phone': 0.6, 'guest-phone': 0.5 },
    ['api', 'v16', 'log'],
    'contact.social',
  ),
  app(
    'blocks',
    8,
    { 'own-laptop': 0.15, 'own-phone': 0.4 },
    ['client', 'assets', 'metrics'],
    'media.games',
  ),
  app(
    'playlist',
    7,
    { 'own-laptop': 0.2, 'own-phone': 0.7, 'staff-laptop': 0.3 },
    ['ap', 'audio'],
    'media.music',
  ),
  // "OS background VPN", safeguarding.md section 7.3.
  app(
    'vpn-probe',
    1,
    { 'own-phone': 0.15, 'guest-phone': 0.25 },
    ['connect', 'config'],
    'bypass.vpn',
  ),
  app(
    'other-dns',
    2,
    { 'own-phone': 0.5, 'guest-phone': 0.5, 'own-laptop': 0.2 },
    ['canary', 'relay'],
    'bypass.doh',
  ),
]
