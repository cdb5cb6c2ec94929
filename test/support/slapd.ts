/** OpenLDAP's slapd on loopback, with a school of the caller's choice in a database of its own. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freeDnsPort } from './free-port.ts'
import type { KeyPair } from './tls-upstream.ts'
import { until } from './until.ts'

const SLAPD = '/usr/sbin/slapd'
const SLAPADD = '/usr/sbin/slapadd'
const START_TIMEOUT_MS = 10_000
const STOP_TIMEOUT_MS = 3_000

/** Why a test is skipped; false where slapd is there. */
export const noSlapd: string | false = existsSync(SLAPD)
  ? false
  : 'needs slapd (Debian package slapd)'

export const BASE = 'dc=school,dc=test'
export const FILTER_DN: string = `cn=filter,${BASE}`
export const FILTER_PASSWORD = 'the-password-of-the-filter'
export const groupDn = (name: string): string => `cn=${name},ou=groups,${BASE}`

export interface SlapdOptions {
  /** Account names; each is a person below ou=people. */
  readonly users: readonly string[]
  /** Group -> its users. Members are seen from the person by the overlay memberof. */
  readonly groups: Readonly<Record<string, readonly string[]>>
  /** Further entries (LDIF). */
  readonly ldif?: string
  /** For ldaps. */
  readonly pair?: KeyPair
  /** Whether its root entry says that it is an Active Directory. */
  readonly saysActiveDirectory?: boolean
  /** The network namespace on whose loopback it listens; absent: this one. */
  readonly namespace?: string
}

export interface Slapd {
  readonly url: string
  readonly tlsUrl: string
  /** SIGKILL, and SIGSTOP and SIGCONT for a server that is slow. */
  readonly kill: () => Promise<void>
  readonly pause: () => Promise<void>
  readonly goOn: () => void
  /** The same server again, on the same ports. */
  readonly start: () => Promise<void>
}

/** Starts one and waits until it takes connections; it is gone after the test. */
export async function startSlapd(
  t: { readonly teardown: (work: () => Promise<void>) => void },
  options: SlapdOptions,
): Promise<Slapd> {
  const folder = mkdtempSync(join(tmpdir(), 'edge-slapd-'))
  const [port, tlsPort] = await Promise.all([freeDnsPort(), freeDnsPort()])
  const config = writeFiles(folder, options)
  execFileSync(SLAPADD, ['-q', '-f', config, '-l', join(folder, 'school.ldif')])
  let child: ChildProcess | undefined
  const kill = async (): Promise<void> => {
    await end(child)
    child = undefined
  }
  const url = `ldap://127.0.0.1:${port}`
  const tlsUrl = `ldaps://127.0.0.1:${tlsPort}`
  const start = async (): Promise<void> => {
    const urls = options.pair ? `${url} ${tlsUrl}` : url
    const words = [SLAPD, '-d', '0', '-f', config, '-h', urls]
    const inside = options.namespace === undefined ? [] : ['ip', 'netns', 'exec', options.namespace]
    const [program = SLAPD, ...rest] = [...inside, ...words]
    child = spawn(program, rest, { stdio: 'ignore' })
    await untilOpen(port, child)
  }
  t.teardown(async () => {
    await kill()
    rmSync(folder, { recursive: true, force: true })
  })
  await start()
  return {
    url,
    tlsUrl,
    kill,
    start,
    pause: () => pause(child?.pid),
    goOn: () => child?.kill('SIGCONT'),
  }
}

/** The signal may have been sent long before the last thread stands still. */
async function pause(pid = 0): Promise<void> {
  process.kill(pid, 'SIGSTOP')
  const isStill = (task: string): boolean =>
    /\) [Tt] /.test(readFileSync(`/proc/${pid}/task/${task}/stat`, 'latin1'))
  await until('it stands still', () => readdirSync(`/proc/${pid}/task`).every(isStill))
}

function writeFiles(folder: string, options: SlapdOptions): string {
  const { pair, saysActiveDirectory = false } = options
  mkdirSync(join(folder, 'data'))
  writeFileSync(join(folder, 'school.ldif'), schoolLdif(options))
  writeFileSync(
    join(folder, 'root.ldif'),
    `dn:\nsupportedCapabilities: 1.2.840.113556.1.4.800\ndefaultNamingContext: ${BASE}\n`,
  )
  if (pair) {
    writeFileSync(join(folder, 'tls.crt'), pair.cert)
    writeFileSync(join(folder, 'tls.key'), pair.key)
  }
  const tls = ['TLSCertificateFile tls.crt', 'TLSCertificateKeyFile tls.key'].map((line) =>
    line.replace(' ', ` ${folder}/`),
  )
  const config = join(folder, 'slapd.conf')
  writeFileSync(
    config,
    [
      ...['core', 'cosine', 'inetorgperson'].map(
        (name) => `include /etc/ldap/schema/${name}.schema`,
      ),
      'modulepath /usr/lib/ldap',
      'moduleload back_mdb',
      'moduleload memberof',
      `pidfile ${folder}/pid`,
      // As Active Directory has them.
      "attributetype ( 1.2.840.113556.1.4.221 NAME 'sAMAccountName' EQUALITY caseIgnoreMatch SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )",
      "attributetype ( 1.3.6.1.4.1.1466.101.120.99 NAME 'supportedCapabilities' SYNTAX 1.3.6.1.4.1.1466.115.121.1.38 )",
      "attributetype ( 1.3.6.1.4.1.1466.101.120.98 NAME 'defaultNamingContext' SYNTAX 1.3.6.1.4.1.1466.115.121.1.12 )",
      "attributetype ( 1.3.6.1.4.1.1466.101.120.97 NAME 'role' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )",
      "objectclass ( 1.3.6.1.4.1.1466.101.121.99 NAME 'schoolPerson' SUP top AUXILIARY MAY ( sAMAccountName $ role ) )",
      ...(saysActiveDirectory ? [`rootDSE ${folder}/root.ldif`] : []),
      ...(pair ? tls : []),
      'database mdb',
      `suffix "${BASE}"`,
      `rootdn "cn=admin,${BASE}"`,
      'rootpw admin-of-the-test',
      `directory ${folder}/data`,
      'index objectClass,sAMAccountName eq',
      'overlay memberof',
      `access to * by dn.exact="${FILTER_DN}" read by anonymous auth by * none`,
      '',
    ].join('\n'),
  )
  return config
}

/** slapadd runs no overlay, so that both sides of a membership stand here, as the overlay would write them. */
function schoolLdif({ users, groups, ldif = '' }: SlapdOptions): string {
  const dnOf = (i: number): string => `cn=person ${i},ou=people,${BASE}`
  const entries = [
    [
      `dn: ${BASE}`,
      'objectClass: dcObject',
      'objectClass: organization',
      'o: school',
      'dc: school',
    ],
    ...['people', 'groups'].map((ou) => [
      `dn: ou=${ou},${BASE}`,
      'objectClass: organizationalUnit',
      `ou: ${ou}`,
    ]),
    [
      `dn: ${FILTER_DN}`,
      'objectClass: person',
      'cn: filter',
      'sn: filter',
      `userPassword: ${FILTER_PASSWORD}`,
    ],
    ...users.map((user, i) => [
      `dn: ${dnOf(i)}`,
      'objectClass: inetOrgPerson',
      'objectClass: schoolPerson',
      `cn: person ${i}`,
      'sn: person',
      'mail: private@school.test',
      `sAMAccountName:: ${Buffer.from(user).toString('base64')}`,
      ...Object.entries(groups).flatMap(([group, members]) =>
        members.includes(user) ? [`memberOf: ${groupDn(group)}`] : [],
      ),
    ]),
    ...Object.entries(groups).map(([group, members]) => [
      `dn: ${groupDn(group)}`,
      'objectClass: groupOfNames',
      `cn: ${group}`,
      ...members.map((user) => `member: ${dnOf(users.indexOf(user))}`),
    ]),
  ]
  return `${entries.map((lines) => lines.join('\n')).join('\n\n')}\n\n${ldif}\n`
}

/** By the kernel's own list, which is the one of the namespace that the server is in. */
async function untilOpen(port: number, child: ChildProcess): Promise<void> {
  const listens = new RegExp(`: 0100007F:${hex(port)} 00000000:0000 0A `)
  for (const endAt = performance.now() + START_TIMEOUT_MS; ; ) {
    if (child.exitCode !== null || performance.now() > endAt) throw new Error('slapd did not start')
    if (listens.test(readFileSync(`/proc/${child.pid}/net/tcp`, 'latin1'))) return
    await sleep(25)
  }
}

function hex(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, '0')
}

async function end(child: ChildProcess | undefined): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  child.kill('SIGKILL')
  await Promise.race([ended, sleep(STOP_TIMEOUT_MS)])
}
