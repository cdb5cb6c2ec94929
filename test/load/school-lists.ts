/** The configuration and the questions of a load run: every black folder is loaded and blocked. */
import { CATEGORIES } from '#rules/categories.ts'
import { UT1_CATEGORIES } from '#rules/parse/ut1-categories.ts'
import { CURATED_SETS } from '#rules/sets/sets.ts'
import { isListed, type ListTree } from './ut1-tree.ts'

/** For folders that the product maps to no category: here they count all the same. */
const OTHER = 'contact.forums_ugc'

/** Sections of `edge.yaml`: one group for loopback, everything that has a switch is blocked. */
export function blockAllConfig(tree: ListTree): Record<string, unknown> {
  const categories = Object.fromEntries(
    CATEGORIES.filter(
      ({ tier, id }) => (tier === 'default-on' || tier === 'optional') && id !== 'uncategorised',
    ).map(({ id }) => [id, 'block']),
  )
  const unmapped = tree.black.filter((folder) => (UT1_CATEGORIES.get(folder) ?? 'off') === 'off')
  return {
    groups: { ks3: { profile: 'ks3', categories: { ...categories, uncategorised: 'allow' } } },
    networks: [
      { cidr: '127.0.0.0/8', group: 'ks3' },
      { cidr: '::1/128', group: 'ks3' },
    ],
    lists: [
      {
        id: 'ut1',
        path: tree.path,
        format: 'ut1',
        categories: Object.fromEntries(unmapped.map((folder) => [folder, OTHER])),
      },
    ],
  }
}

export interface Question {
  readonly name: string
  readonly isBlocked: boolean
}

/**
 * `count` questions, half of them blocked: listed names, names below listed ones, neighbours of listed names that are
 * not listed themselves, and names of nobody. Names that a shipped set has its own word on are left out.
 */
export function makeQuestions(
  names: ReadonlySet<string>,
  count: number,
  random: () => number,
): readonly Question[] {
  const shipped = new Set(CURATED_SETS.flatMap((set) => set.names.map(({ name }) => String(name))))
  const listed = [...names].filter((name) => !isListed(shipped, name))
  const pick = (): string => listed[Math.floor(random() * listed.length)] ?? ''
  const blocked: Question[] = []
  const allowed: Question[] = []
  const half = count / 2
  for (let i = 0; blocked.length < half; i++)
    blocked.push({ name: i % 4 === 0 ? `sub${i}.${pick()}` : pick(), isBlocked: true })
  for (let i = 0; allowed.length < half; i++) {
    const neighbour = i % 2 === 0 ? `x${pick()}` : `n${Math.floor(random() * 1e9)}.example.org`
    if (neighbour.length < 250 && !isListed(names, neighbour) && !isListed(shipped, neighbour))
      allowed.push({ name: neighbour, isBlocked: false })
  }
  return shuffle([...blocked, ...allowed], random)
}

/** Repeatable numbers from 0 up to 1 (mulberry32). */
export function makeRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }
}

function shuffle<T>(items: T[], random: () => number): readonly T[] {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    const held = items[i]
    const other = items[j]
    if (held === undefined || other === undefined) continue
    items[i] = other
    items[j] = held
  }
  return items
}
