/** The school of the lab with its devices, its leases and its agent: what the tests of who is asking have in common. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import type { LabMachine } from './lab-machine.ts'
import { SECRET } from './lab-support.ts'
import { SchoolLab } from './school-lab.ts'

/** What the machine must have, with the Debian packages. */
export const SCHOOL_PROGRAMS = [
  ['dnsmasq', 'dnsmasq-base'],
  ['kea-dhcp4', 'kea-dhcp4-server'],
  ['dhclient', 'isc-dhcp-client'],
  ['radclient', 'freeradius-utils'],
  ['dig', 'dnsutils'],
  ['bridge', 'iproute2'],
] as const

/** From logon to the first answer by the new policy. */
export const LOGON_MS_MAX = 1_000
/** Sources are followed by looking and by being told; then an address is known within. */
export const KNOWN_MS_MAX = 5_000
export const BLOCKED = 'NXDOMAIN'
export const OPEN = 'NOERROR'
/** Open to staff, and from Year 12 on. */
export const CHAT = 'chat.test'
/** In an alerting category. */
export const HARM = 'selfharm.test'
export const PUPIL_TABLET = '00:00:5e:00:53:11'
export const TEACHER_LAPTOP = '00:00:5e:00:53:12'
export const OFFICE_DESKTOP = '00:00:5e:00:53:21'
export const LIBRARY_PC = '00:00:5e:00:53:31'
export const RANDOM_PHONE = '02:00:5e:00:53:41'

/** Who may look up what, by the network they are in. */
export const POLICY: Readonly<Record<string, unknown>> = {
  networks: [
    { cidr: '127.0.0.0/8', group: 'ks3' },
    { cidr: '192.0.2.0/24', group: 'ks3', name: 'Wi-Fi' },
    { cidr: '198.51.100.0/24', group: 'ks4', name: 'offices' },
    { cidr: '203.0.113.0/24', group: 'ks3', name: 'library' },
  ],
  deny: [{ name: CHAT, reason: 'a test', groups: ['ks1', 'ks2', 'ks3', 'ks4'] }],
}

export interface SchoolOptions {
  /** Of the leases on VLAN 30. */
  readonly leaseSeconds?: number
  /** Further rows of the import of owners. */
  readonly owners?: readonly string[]
}

export interface School {
  readonly lab: SchoolLab
  /** On VLAN 10 of pupils, by leases: a pupil's own, one that anybody logs on at, and one with a made-up MAC. */
  readonly tablet: LabMachine
  readonly laptop: LabMachine
  readonly phone: LabMachine
  /** On VLAN 20, with an address and a user by the configuration. */
  readonly desktop: LabMachine
  /** On VLAN 30, behind the router, by its lease. */
  readonly library: LabMachine
}

/** Starts all of it; it is gone after the test. */
export async function startSchool(
  t: Test,
  prefix: string,
  { leaseSeconds, owners = [] }: SchoolOptions = {},
): Promise<School> {
  const lab = new SchoolLab(t, prefix)
  writeFileSync(join(lab.folder, 'harm.txt'), `${HARM}\n`)
  const rows = [
    'mac,name,user,group',
    `${PUPIL_TABLET},Year 7 tablet 4,p.upil,ks3`,
    `${RANDOM_PHONE},phone,h.ead,staff`,
    ...owners,
  ]
  writeFileSync(join(lab.folder, 'owners.csv'), `${rows.join('\n')}\n`)
  const [dnsmasqLeases, keaLeases] = [await lab.startDnsmasq(), await lab.startKea(leaseSeconds)]
  const tablet = lab.machine('tablet', 10, PUPIL_TABLET)
  const laptop = lab.machine('laptop', 10, TEACHER_LAPTOP)
  const phone = lab.machine('phone', 10, RANDOM_PHONE)
  const desktop = lab.machine('desktop', 20, OFFICE_DESKTOP)
  const library = lab.machine('library', 30, LIBRARY_PC)
  await Promise.all([tablet, laptop, phone, library].map((machine) => machine.lease()))
  desktop.use('198.51.100.50')
  await lab.startAgent({
    ...POLICY,
    lists: [{ id: 'harm', path: 'harm.txt', format: 'domains', category: 'harm.selfharm' }],
    identity: {
      devices: [{ mac: OFFICE_DESKTOP, name: 'head of office', user: 'o.ffice', group: 'staff' }],
      assign: [{ user: 't.eacher', group: 'staff' }],
      owners: 'owners.csv',
      leases: [
        { path: dnsmasqLeases, format: 'dnsmasq' },
        { path: keaLeases, format: 'kea' },
      ],
      names: { reverse: false },
      radius: radiusFrom(lab),
    },
  })
  return { lab, tablet, laptop, phone, desktop, library }
}

/** Accounting that is believed from the router. */
export function radiusFrom(lab: SchoolLab): Readonly<Record<string, unknown>> {
  const file = join(lab.folder, 'radius-secret')
  writeFileSync(file, `${SECRET}\n`, { mode: 0o600 })
  return {
    clients: [{ from: '198.51.100.2', 'secret-file': file }],
    realms: ['school.test', 'SCHOOL'],
  }
}

/** What a Wi-Fi controller tells of a logon, as radclient has it. */
export function session(
  status: 'Start' | 'Interim-Update' | 'Stop',
  more: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const counted = status === 'Start' ? {} : { 'Acct-Session-Time': '60' }
  return { 'Acct-Status-Type': status, 'NAS-Identifier': 'wifi-1', ...counted, ...more }
}
