import { resolve } from 'node:path'
import { type CategoryId, isCategoryId } from '#rules/categories.ts'
import type { ReadyBlock, ReadyGroupBlock, ReadyPage } from './ready-config.ts'
import {
  type BlockAnswer,
  type BlockSection,
  DEFAULT_BLOCK,
  type GroupBlockSection,
} from './sections/block.ts'
import type { BlockPageSection } from './sections/block-page.ts'

/**
 * How blocks are told, complete. The most particular wins: what a group says of a category, then what is said of the
 * category, then the group's own answer, then the answer of all. Files are relative to `folder`.
 */
export function readyBlock(section: BlockSection, folder = '/'): ReadyBlock {
  const base = groupBlock(section, { ...DEFAULT_BLOCK, categories: new Map() })
  const groups = Object.entries(section.groups ?? {})
  return {
    ...base,
    address: { v4: section.address?.v4, v6: section.address?.v6 },
    page: section.page && readyPage(section.page, folder),
    groups: new Map(groups.map(([name, group]) => [name, groupBlock(group, base)])),
  }
}

function readyPage(page: BlockPageSection, folder: string): ReadyPage {
  const { listen, tls, school = '', contact = '', requests = true, language = 'en' } = page
  return {
    listen,
    tls: tls && {
      listen: tls.listen,
      certificate: resolve(folder, tls.certificate),
      key: resolve(folder, tls.key),
    },
    school,
    contact,
    requests,
    language,
  }
}

function groupBlock(section: GroupBlockSection, base: ReadyGroupBlock): ReadyGroupBlock {
  return {
    answer: section.answer ?? base.answer,
    ttlSeconds: section['ttl-seconds'] ?? base.ttlSeconds,
    harmReason: section['harm-reason'] ?? base.harmReason,
    categories: new Map([...base.categories, ...answersOf(section)]),
  }
}

/** Other keys were refused before. */
function answersOf({ categories = {} }: GroupBlockSection): readonly [CategoryId, BlockAnswer][] {
  return Object.entries(categories).flatMap(([id, answer]): [CategoryId, BlockAnswer][] =>
    isCategoryId(id) ? [[id, answer]] : [],
  )
}
