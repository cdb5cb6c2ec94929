/**
 * One connection to the directory, by ldapts. Filters are made as values, never as text: what a user is called is sent as the one value
 * of an equality match (RFC 4511 section 4.5.1.7), whatever characters it has.
 */
import {
  AndFilter,
  Client,
  type Entry,
  EqualityFilter,
  ExtensibleFilter,
  type Filter,
  InvalidCredentialsError,
  NoSuchObjectError,
  OrFilter,
} from 'ldapts'
import { type Failure, failure, isFailure } from '#domain/failure.ts'
import { connectChecked, connectTlsChecked } from './checked-socket.ts'
import type { DirectoryAccess } from './directory-access.ts'
import { DIRECTORY_LIMITS } from './directory-limits.ts'

/** Active Directory and its lightweight sister say so in their root entry (MS-ADTS section 3.1.1.3.4.3). */
const ACTIVE_DIRECTORY: ReadonlySet<string> = new Set([
  '1.2.840.113556.1.4.800',
  '1.2.840.113556.1.4.1851',
])
/** Their matching rule that follows groups within groups (MS-ADTS section 3.1.1.3.4.4.3). */
const IN_CHAIN = '1.2.840.113556.1.4.1941'
/** No attribute: names alone (RFC 4511 section 4.5.1.8). */
const NO_ATTRIBUTE = '1.1'

export type DirectoryFailure = Failure<'refused' | 'no-base' | 'unavailable'>
/** Values of the group attribute; `absent` is no such user, `ambiguous` more than one of that name. */
export type FoundGroups = readonly string[] | 'absent' | 'ambiguous' | DirectoryFailure

export class LdapConnection {
  readonly #client: Client
  readonly #access: DirectoryAccess
  /** Where groups within groups are looked for; undefined where the server cannot. */
  #nestedBase: string | undefined

  constructor(access: DirectoryAccess) {
    const { url, ca } = access
    const { connectMs, operationMs } = DIRECTORY_LIMITS
    this.#access = access
    this.#client = new Client({
      url,
      connectTimeout: connectMs,
      timeout: operationMs,
      createConnection: connectChecked,
      createSecureConnection: connectTlsChecked,
      ...(url.startsWith('ldaps:') && {
        tlsOptions: { minVersion: 'TLSv1.2', ...(ca !== undefined && { ca: [ca] }) },
      }),
    })
  }

  get isOpen(): boolean {
    return this.#client.isConnected
  }

  get followsNested(): boolean {
    return this.#nestedBase !== undefined
  }

  /** Connects, binds (RFC 4513 section 5.1), and asks what kind of server it is. */
  async open(): Promise<DirectoryFailure | undefined> {
    const { bindDn, password, groupAttribute } = this.#access
    try {
      await this.#client.bind(bindDn ?? '', bindDn === undefined ? '' : password)
    } catch (error) {
      return failureOf(error)
    }
    if (groupAttribute.toLowerCase() !== 'memberof') return undefined
    const root = await this.#search('', {
      scope: 'base',
      attributes: ['supportedCapabilities', 'defaultNamingContext'],
    })
    // Who does not show it is no Active Directory.
    if (isFailure(root)) return this.isOpen ? undefined : root
    const [entry] = root
    if (entry && valuesOf(entry, 'supportedCapabilities').some((oid) => ACTIVE_DIRECTORY.has(oid)))
      this.#nestedBase = valuesOf(entry, 'defaultNamingContext')[0] ?? this.#access.base
    return undefined
  }

  /** `user` is any text; `wanted` are the groups of the configuration. */
  async groupsOf(user: string, wanted: readonly string[]): Promise<FoundGroups> {
    const { base, userAttribute, groupAttribute } = this.#access
    const found = await this.#search(base, {
      filter: new EqualityFilter({ attribute: userAttribute, value: user }),
      attributes: [groupAttribute],
      sizeLimit: 2,
    })
    if (isFailure(found)) return found
    const [entry, other] = found
    if (!entry) return 'absent'
    if (other) return 'ambiguous'
    const direct = valuesOf(entry, groupAttribute)
    const nested = await this.#nestedGroupsOf(entry.dn, wanted)
    return isFailure(nested) ? nested : [...direct, ...nested]
  }

  close(): void {
    this.#client.unbind().catch(() => undefined)
  }

  async #nestedGroupsOf(
    dn: string,
    wanted: readonly string[],
  ): Promise<readonly string[] | DirectoryFailure> {
    const names = wanted.filter((name) => name.includes('='))
    if (this.#nestedBase === undefined || names.length === 0) return []
    const filters = names
      .slice(0, DIRECTORY_LIMITS.nestedGroups)
      .map((value) => new EqualityFilter({ attribute: 'distinguishedName', value }))
    const found = await this.#search(this.#nestedBase, {
      filter: new AndFilter({
        filters: [
          new OrFilter({ filters }),
          new ExtensibleFilter({ matchType: 'member', rule: IN_CHAIN, value: dn }),
        ],
      }),
      attributes: [NO_ATTRIBUTE],
      sizeLimit: DIRECTORY_LIMITS.nestedGroups,
    })
    return isFailure(found) ? found : found.map((group) => group.dn)
  }

  async #search(base: string, what: SearchWhat): Promise<readonly Entry[] | DirectoryFailure> {
    // ldapts connects anew by itself, and would then ask as nobody.
    if (!this.#client.isConnected) return failure('unavailable', 'the connection was closed')
    try {
      const { searchEntries } = await this.#client.search(base, {
        scope: 'sub',
        timeLimit: DIRECTORY_LIMITS.operationMs / 1000,
        ...what,
      })
      return searchEntries
    } catch (error) {
      return failureOf(error)
    }
  }
}

interface SearchWhat {
  readonly scope?: 'base'
  readonly filter?: Filter
  readonly attributes: string[]
  readonly sizeLimit?: number
}

/** Servers spell attributes as they like, and may add options; bytes that are no text are no name. */
function valuesOf(entry: Entry, attribute: string): readonly string[] {
  const wanted = attribute.toLowerCase()
  return Object.entries(entry).flatMap(([name, value]) => {
    if (name.toLowerCase().split(';', 1)[0] !== wanted) return []
    return [value].flat().filter((one) => typeof one === 'string')
  })
}

/** No text of the directory's goes on, for it may name people; only what kind of fault it is. */
function failureOf(error: unknown): DirectoryFailure {
  if (error instanceof InvalidCredentialsError)
    return failure('refused', 'it refuses the bind-dn or its password')
  if (error instanceof NoSuchObjectError) return failure('no-base', 'it has no such base')
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const kind = error instanceof Error ? error.constructor.name : 'fault'
  // What is an error and nothing more comes of a server that hangs up within an answer.
  const name = kind === 'Error' ? 'the connection broke off' : kind
  // The system's codes are words; those of LDAP are numbers, which say nothing by themselves.
  if (typeof code === 'string') return failure('unavailable', code)
  return failure('unavailable', typeof code === 'number' ? `${name} (${code})` : name)
}
