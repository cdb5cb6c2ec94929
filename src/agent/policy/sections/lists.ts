import type { z } from 'zod'
import { isFailure } from '#domain/failure.ts'
import { categoryOf, isCategoryId } from '#rules/categories.ts'
import { CATEGORY_IDS, type CategoryId } from '#rules/category-ids.ts'
import { CANARIES_LIST } from '#rules/sets/canaries.ts'
import { CURATED_SETS } from '#rules/sets/sets.ts'
import { readPublicKey } from '../../supply/minisign.ts'
import { type Complaint, type ConfigPath, complaint } from '../complaint.ts'
import {
  block,
  choice,
  field,
  flag,
  listOf,
  mapOf,
  type Reading,
  shortName,
  text,
} from '../fields.ts'
import { FILE_LIMITS } from '../limits.ts'
import { nearestWord } from '../nearest-word.ts'
import { blockOf, itemsOf } from '../raw-value.ts'
import { durationField } from '../time-fields.ts'

const LIST_FORMATS = ['hosts', 'domains', 'adblock', 'rpz', 'dnsmasq', 'regex', 'ut1'] as const
type ListFormat = (typeof LIST_FORMATS)[number]
const HOUR_MS = 3_600_000
const EVERY_MIN_MS = HOUR_MS
const EVERY_MAX_MS = 30 * 24 * HOUR_MS

export interface ListSection {
  readonly id: string
  /** This or `url`. */
  readonly path?: string | undefined
  readonly url?: string | undefined
  /** Asked in turn where `url` fails. */
  readonly mirrors?: readonly string[] | undefined
  /** Milliseconds. */
  readonly every?: number | undefined
  readonly signature?: SignatureSection | undefined
  /** The file meant in an archive of several. */
  readonly member?: string | undefined
  readonly format: ListFormat
  /** For every format but `ut1`. */
  readonly category?: CategoryId | undefined
  /** For `ut1`: a folder's category instead of the built-in table's, or `off`. */
  readonly categories?: Readonly<Record<string, CategoryId | 'off'>> | undefined
  /** Whether exceptions, rewrites, local data and wide rules of the list are honoured. */
  readonly trusted?: boolean | undefined
  readonly title?: string | undefined
  readonly licence?: string | undefined
  readonly source?: string | undefined
}

interface SignatureSection {
  /** A minisign public key: the second line of its file. */
  readonly key: string
  /** Where the signature is, else beside the list with `.minisig` after its name. */
  readonly url?: string | undefined
}

/** How often a list is asked for where the file does not say. */
export const DEFAULT_EVERY_MS: number = 24 * HOUR_MS

const listBlock: z.ZodType<ListSection> = block({
  id: shortName('an id'),
  path: field(readPath).optional(),
  url: field(readUrl).optional(),
  mirrors: listOf(field(readUrl), 'https addresses', FILE_LIMITS.mirrors).optional(),
  every: durationField(EVERY_MIN_MS, EVERY_MAX_MS).optional(),
  signature: block({ key: field(readKey), url: field(readUrl).optional() }).optional(),
  member: text('a file in an archive', 200).optional(),
  format: choice(LIST_FORMATS),
  category: field(readCategory).optional(),
  categories: mapOf(
    field(readCategoryOrOff),
    'folder names, each with a category or off',
  ).optional(),
  trusted: flag().optional(),
  title: text('a title', 100).optional(),
  licence: text('a licence', 100).optional(),
  source: text('a source', 300).optional(),
})

/** `lists`: names in files on this machine, or downloaded. */
export const listsSection: z.ZodType<readonly ListSection[]> = listOf(
  listBlock,
  'lists',
  FILE_LIMITS.lists,
)

/** Ids that say where a name comes from: by that of the canaries a lookup is told as a trial of the filter. */
const SHIPPED_IDS: ReadonlySet<unknown> = new Set([
  CANARIES_LIST,
  ...CURATED_SETS.map(({ id }) => id),
])

/** What depends on the format, and ids given twice. Reads the raw section. */
export function checkLists(lists: unknown): readonly Complaint[] {
  const items = itemsOf(lists).map((list) => blockOf(list) ?? {})
  return items.flatMap((list, i) => {
    const first = items.findIndex(({ id }) => id !== undefined && id === list['id'])
    const twice = complaint(['lists', i, 'id'], 'each id once', `lists[${first}] has the same`)
    const shipped = complaint(
      ['lists', i, 'id'],
      'an id of your own',
      'a list that ships has this one',
    )
    return [
      ...(first >= 0 && first < i ? [twice] : []),
      ...(SHIPPED_IDS.has(list['id']) ? [shipped] : []),
      ...checkOrigin(['lists', i], list),
      ...checkFormat(['lists', i], list),
    ]
  })
}

/** A list comes from one place, and what only downloads have is said of them alone. */
function checkOrigin(
  path: ConfigPath,
  list: Readonly<Record<string, unknown>>,
): readonly Complaint[] {
  const { path: file, url, format, member } = list
  const twoFormats = format === 'ut1' && member !== undefined
  const inFolders = complaint([...path, 'member'], 'nothing', 'format ut1 takes its folders')
  const strays = twoFormats ? [inFolders] : []
  if (file === undefined && url === undefined)
    return [complaint([...path, 'path'], 'path or url', 'a list comes from somewhere'), ...strays]
  if (file !== undefined && url !== undefined)
    return [complaint([...path, 'url'], 'path or url', 'not both of them'), ...strays]
  if (url !== undefined) return strays
  const only = DOWNLOAD_KEYS.filter((key) => list[key] !== undefined)
  return [
    ...only.map((key) => complaint([...path, key], 'nothing', 'only a list with url has it')),
    ...strays,
  ]
}
const DOWNLOAD_KEYS = ['mirrors', 'every', 'signature'] as const

function checkFormat(
  path: ConfigPath,
  { format, category, categories }: Readonly<Record<string, unknown>>,
): readonly Complaint[] {
  if (format === 'ut1')
    return category === undefined
      ? []
      : [complaint([...path, 'category'], 'nothing', 'in format ut1 the folders have them')]
  const known = LIST_FORMATS.find((one) => one === format)
  if (known === undefined) return []
  const needed = complaint([...path, 'category'], 'a category', `format ${known} needs one`)
  const stray = complaint([...path, 'categories'], 'nothing', 'only format ut1 has folders')
  return [...(category === undefined ? [needed] : []), ...(categories === undefined ? [] : [stray])]
}

function readPath(found: unknown): Reading<string> {
  const allowed = 'the path of a file on this machine, relative to this file'
  if (typeof found !== 'string' || found === '' || found.length > 1000) return { allowed }
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(found))
    return { allowed, hint: 'a list that is to be downloaded has url instead' }
  return found.includes('\u0000') ? { allowed } : { value: found }
}

function readUrl(found: unknown): Reading<string> {
  const allowed = 'an https address'
  const url = typeof found === 'string' && found.length <= 1000 ? URL.parse(found) : null
  if (!url) return { allowed }
  if (url.protocol !== 'https:') return { allowed, hint: 'lists are downloaded over https only' }
  if (url.username || url.password)
    return { allowed, hint: 'without a user name or password: they would stand in logs' }
  if (url.hash) return { allowed, hint: 'without the part after #' }
  return { value: url.href }
}

function readKey(found: unknown): Reading<string> {
  const allowed = 'a minisign public key, as RWQ...: the second line of its file'
  if (typeof found !== 'string') return { allowed }
  return isFailure(readPublicKey(found)) ? { allowed } : { value: found }
}

function readCategoryOrOff(found: unknown): Reading<CategoryId | 'off'> {
  return found === 'off' ? { value: 'off' } : readCategory(found)
}

/** A list from elsewhere only ever blocks, so it may not fill a category that the law or we answer for. */
function readCategory(found: unknown): Reading<CategoryId> {
  const allowed = 'a known category'
  if (typeof found !== 'string') return { allowed }
  if (!isCategoryId(found)) {
    const near = nearestWord(found, CATEGORY_IDS)
    return near === undefined ? { allowed } : { allowed, hint: `did you mean ${near}?` }
  }
  const tier = categoryOf(found)?.tier
  if (tier !== 'locked' && tier !== 'allow-locked' && found !== 'uncategorised')
    return { value: found }
  return {
    allowed: 'a category that a list may fill',
    hint: `${found} is not for a school's lists`,
  }
}
