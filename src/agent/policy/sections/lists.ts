import type { z } from 'zod'
import { categoryOf, isCategoryId } from '#rules/categories.ts'
import { CATEGORY_IDS, type CategoryId } from '#rules/category-ids.ts'
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

const LIST_FORMATS = ['hosts', 'domains', 'adblock', 'rpz', 'dnsmasq', 'regex', 'ut1'] as const
type ListFormat = (typeof LIST_FORMATS)[number]

export interface ListSection {
  readonly id: string
  readonly path: string
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

const listBlock: z.ZodType<ListSection> = block({
  id: shortName('an id'),
  path: field(readPath),
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

/** `lists`: files of names on this machine. */
export const listsSection: z.ZodType<readonly ListSection[]> = listOf(
  listBlock,
  'lists',
  FILE_LIMITS.lists,
)

/** What depends on the format, and ids given twice. Reads the raw section. */
export function checkLists(lists: unknown): readonly Complaint[] {
  const items = itemsOf(lists).map((list) => blockOf(list) ?? {})
  return items.flatMap((list, i) => {
    const first = items.findIndex(({ id }) => id !== undefined && id === list['id'])
    const twice = complaint(['lists', i, 'id'], 'each id once', `lists[${first}] has the same`)
    return [...(first >= 0 && first < i ? [twice] : []), ...checkFormat(['lists', i], list)]
  })
}

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
    return { allowed, hint: 'lists are not downloaded: fetch the file and name it here' }
  return found.includes('\u0000') ? { allowed } : { value: found }
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
