import { type MacAddress, parseMac } from '#domain/mac-address.ts'
import { ANY_REALM, readAccount } from '../person.ts'
import { OWNER_LIMITS } from './owner-limits.ts'
import type { OwnerColumns } from './owner-titles.ts'
import type { TextRow } from './read-csv.ts'

/** Whose a device is, by one row. Text is clean. */
export interface Owner {
  readonly macs: readonly MacAddress[]
  readonly name: string | undefined
  readonly user: string | undefined
  readonly group: string | undefined
}

export interface OwnerRules {
  /** Groups of the configuration. */
  readonly groups: ReadonlySet<string>
  /** Makes a device's name fit to be shown; undefined where nothing is left. */
  readonly cleanName: (text: string) => string | undefined
}

const QUOTED_CHARS_MAX = 60

/** One row, or in words why it is refused. */
export function readOwner(
  { fields }: TextRow,
  columns: OwnerColumns,
  rules: OwnerRules,
): Owner | string {
  const first = (list: readonly number[]): string =>
    list.map((column) => fields[column] ?? '').find((field) => field !== '') ?? ''
  const texts = columns.mac.flatMap((column) => (fields[column] ?? '').split(/[,;|\s]+/))
  const given = texts.filter((text) => text !== '').slice(0, OWNER_LIMITS.macsOfRow)
  if (given.length === 0) return 'it has no MAC address'
  const macs: MacAddress[] = []
  for (const text of given) {
    const mac = parseMac(text)
    if (mac === undefined) return `${quoted(text)} is no MAC address of a device`
    if (!macs.includes(mac)) macs.push(mac)
  }
  const group = first(columns.group).toLowerCase()
  if (group !== '' && !rules.groups.has(group))
    return `${quoted(first(columns.group))} is no group of the configuration`
  const account = readAccount(first(columns.user), ANY_REALM)
  return {
    macs,
    name: rules.cleanName(first(columns.name)),
    user: account.kind === 'person' ? account.user : undefined,
    group: group === '' ? undefined : group,
  }
}

/** Hostile text in quotes, one line, cut. */
export function quoted(text: string): string {
  const cut = text.length > QUOTED_CHARS_MAX ? `${text.slice(0, QUOTED_CHARS_MAX - 1)}…` : text
  return JSON.stringify(cut.replaceAll(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, '\uFFFD'))
}
