import type { CategoryId } from '#rules/categories.ts'
import { LIST_ANSWERS, type ListAnswer } from '#rules/list.ts'
import type { BlockVerdict } from '#rules/verdict.ts'
import type { ExtendedError } from '#wire/answer-writer.ts'
import { RCODE } from '#wire/constants.ts'
import { blockError, NEUTRAL_ERROR } from './block-error.ts'
import type { ReadyBlock, ReadyGroupBlock } from './policy/ready-config.ts'
import type { BlockAnswer, HarmReason } from './policy/sections/block.ts'

/** One way to tell a client that a name is blocked. */
export interface BlockStyle {
  readonly answer: BlockAnswer
  readonly rcode: number
  readonly ttlSeconds: number
  /** What A and AAAA get; without one there is no record. */
  readonly ipv4: Uint8Array | undefined
  readonly ipv6: Uint8Array | undefined
}

interface GroupStyles {
  readonly fallback: BlockStyle
  readonly categories: ReadonlyMap<CategoryId, BlockStyle>
  readonly harmReason: HarmReason
}

const NULL_IPV4 = new Uint8Array(4)
const NULL_IPV6 = new Uint8Array(16)

/** Every way of the configuration, made once. */
export class BlockStyles {
  readonly #all: GroupStyles
  readonly #groups: ReadonlyMap<string, GroupStyles>
  readonly #lists: ReadonlyMap<ListAnswer, BlockStyle>
  /** For questions by which devices ask the network: an address would be no answer to them. */
  readonly nxdomain: BlockStyle

  constructor(block: ReadyBlock) {
    const { address, ttlSeconds } = block
    const { v4, v6 } = address
    this.#all = groupStyles(block, v4, v6)
    this.#groups = new Map(
      [...block.groups].map(([name, group]) => [name, groupStyles(group, v4, v6)]),
    )
    this.#lists = new Map(
      LIST_ANSWERS.map((answer) => [answer, styleOf(answer, ttlSeconds, undefined, undefined)]),
    )
    this.nxdomain = styleOf('nxdomain', ttlSeconds, undefined, undefined)
  }

  /**
   * The style for a block: as the list that decided wants it said, else as the policy does for group and category. What is
   * locked has no style of its own, by which it could be told what it is.
   */
  styleFor(group: string, { answer, category, reason }: BlockVerdict): BlockStyle {
    if (reason === 'locked') return this.find(group, undefined)
    return (answer && this.#lists.get(answer)) ?? this.find(group, category)
  }

  /** The style for a group and the category that is blocked, where there is one. */
  find(group: string, category: CategoryId | undefined): BlockStyle {
    const { fallback, categories } = this.#groups.get(group) ?? this.#all
    return (category && categories.get(category)) ?? fallback
  }

  /** What a block says of itself to a group. */
  errorFor(group: string, verdict: BlockVerdict): ExtendedError {
    const { harmReason } = this.#groups.get(group) ?? this.#all
    const isNeutral = harmReason === 'neutral' && verdict.category?.startsWith('harm.')
    return isNeutral ? NEUTRAL_ERROR : blockError(verdict)
  }
}

function groupStyles(
  { answer, ttlSeconds, harmReason, categories }: ReadyGroupBlock,
  v4: Uint8Array | undefined,
  v6: Uint8Array | undefined,
): GroupStyles {
  return {
    fallback: styleOf(answer, ttlSeconds, v4, v6),
    categories: new Map(
      [...categories].map(([id, word]) => [id, styleOf(word, ttlSeconds, v4, v6)]),
    ),
    harmReason,
  }
}

function styleOf(
  answer: BlockAnswer,
  ttlSeconds: number,
  v4: Uint8Array | undefined,
  v6: Uint8Array | undefined,
): BlockStyle {
  const bare = { answer, ttlSeconds, ipv4: undefined, ipv6: undefined }
  switch (answer) {
    case 'nxdomain':
      return { ...bare, rcode: RCODE.NXDOMAIN }
    case 'nodata':
      return { ...bare, rcode: RCODE.NOERROR }
    case 'refused':
      return { ...bare, rcode: RCODE.REFUSED }
    case 'null-address':
      return { ...bare, rcode: RCODE.NOERROR, ipv4: NULL_IPV4, ipv6: NULL_IPV6 }
    case 'address':
      return { ...bare, rcode: RCODE.NOERROR, ipv4: v4, ipv6: v6 }
    default:
      return answer satisfies never
  }
}
