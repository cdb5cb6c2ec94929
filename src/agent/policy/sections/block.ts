import type { z } from 'zod'
import { type AddressBytes, parseAddress } from '#domain/ip-address.ts'
import { isAllowLocked, isCategoryId, isLocked } from '#rules/categories.ts'
import { type Complaint, type ConfigPath, complaint, keyComplaint } from '../complaint.ts'
import { block, choice, field, integer, mapOf, type Reading } from '../fields.ts'
import { blockOf } from '../raw-value.ts'
import { type BlockPageSection, blockPageSection } from './block-page.ts'
import { unknownHint } from './groups.ts'

const BLOCK_ANSWERS = ['nxdomain', 'nodata', 'null-address', 'refused', 'address'] as const
export type BlockAnswer = (typeof BLOCK_ANSWERS)[number]
const HARM_REASONS = ['named', 'neutral'] as const
export type HarmReason = (typeof HARM_REASONS)[number]
const TTL_SECONDS_MAX = 3600
const IPV4_BYTES = 4
const IPV6_BYTES = 16

/** What may be said for all groups or for one. */
export interface GroupBlockSection {
  readonly answer?: BlockAnswer | undefined
  readonly 'ttl-seconds'?: number | undefined
  /** Whether the extended error of a block in `harm.*` names category and list. */
  readonly 'harm-reason'?: HarmReason | undefined
  readonly categories?: Readonly<Record<string, BlockAnswer>> | undefined
}
export interface BlockSection extends GroupBlockSection {
  readonly address?:
    | { readonly v4?: AddressBytes | undefined; readonly v6?: AddressBytes | undefined }
    | undefined
  readonly page?: BlockPageSection | undefined
  readonly groups?: Readonly<Record<string, GroupBlockSection>> | undefined
}

/** Half a minute: long enough to save repeats, short enough that an unblocked page soon opens. */
export const DEFAULT_BLOCK: {
  readonly answer: BlockAnswer
  readonly ttlSeconds: number
  readonly harmReason: HarmReason
} = {
  answer: 'nxdomain',
  ttlSeconds: 30,
  harmReason: 'named',
}

const forGroup = {
  answer: choice(BLOCK_ANSWERS).optional(),
  'ttl-seconds': integer(0, TTL_SECONDS_MAX).optional(),
  'harm-reason': choice(HARM_REASONS).optional(),
  categories: mapOf(choice(BLOCK_ANSWERS), 'categories, each with an answer').optional(),
}

/** `block`: how a blocked query is answered. */
export const blockSection: z.ZodType<BlockSection> = block({
  ...forGroup,
  address: block({
    v4: field((found) => readBlockPage(found, IPV4_BYTES)).optional(),
    v6: field((found) => readBlockPage(found, IPV6_BYTES)).optional(),
  }).optional(),
  page: blockPageSection.optional(),
  groups: mapOf(block(forGroup), 'groups').optional(),
})

/** Categories that are never blocked or must not be told apart, and an `address` that leads nowhere. Reads the raw section. */
export function checkBlock(raw: unknown): readonly Complaint[] {
  const section = blockOf(raw) ?? {}
  const { v4, v6 } = blockOf(section['address']) ?? {}
  const groups = Object.entries(blockOf(section['groups']) ?? {})
  const places: readonly (readonly [ConfigPath, unknown])[] = [
    [['block'], section],
    ...groups.map(([name, group]) => [['block', 'groups', name], group] as const),
  ]
  return places.flatMap(([path, place]) => {
    const { answer, categories } = blockOf(place) ?? {}
    const answers = [
      [[...path, 'answer'], answer] as const,
      ...Object.entries(blockOf(categories) ?? {}).map(
        ([id, word]) => [[...path, 'categories', id], word] as const,
      ),
    ]
    const hasAddress = v4 !== undefined || v6 !== undefined
    return [
      ...Object.keys(blockOf(categories) ?? {}).flatMap((id) =>
        checkCategory([...path, 'categories', id], id),
      ),
      ...answers.flatMap(([at, word]) => (hasAddress ? [] : needsAddress(at, word))),
    ]
  })
}

function checkCategory(path: ConfigPath, id: string): readonly Complaint[] {
  if (!isCategoryId(id)) return [keyComplaint(path, 'a known category', unknownHint(id))]
  if (isLocked(id))
    return [keyComplaint(path, 'nothing', `an answer of its own would tell what ${id} holds`)]
  return isAllowLocked(id) ? [keyComplaint(path, 'nothing', `${id} is never blocked`)] : []
}

function needsAddress(path: ConfigPath, word: unknown): readonly Complaint[] {
  if (word !== 'address') return []
  return [complaint(path, 'another answer', 'block.address says where to, and is missing')]
}

function readBlockPage(found: unknown, bytes: number): Reading<AddressBytes> {
  const allowed = bytes === IPV4_BYTES ? 'an IPv4 address' : 'an IPv6 address'
  if (typeof found !== 'string' || found.length > 64 || found.includes('%')) return { allowed }
  const value = parseAddress(found)
  return value?.length === bytes ? { value } : { allowed }
}
