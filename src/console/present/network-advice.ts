import { type NetworkFacts, OTHER_NETWORK } from '#domain/device-report.ts'
import type { IdentitySource } from '#domain/identity.ts'
import { networkAdvice as words } from '../words/network-advice.ts'

/** What to change so that more of a network is known. */
export interface NetworkAdvice {
  readonly text: string
  /** The heading of the guide that says how. */
  readonly anchor: string
}

interface Rule extends NetworkAdvice {
  readonly applies: (
    facts: NetworkFacts,
    has: (...sources: readonly IdentitySource[]) => boolean,
  ) => boolean
}

const RULES: readonly Rule[] = [
  {
    text: words.hiddenSchool,
    anchor: 'the-hidden-school',
    applies: ({ hiddenSchool }) => hiddenSchool !== undefined,
  },
  {
    text: words.noNetwork,
    anchor: 'where-the-box-stands',
    applies: ({ network, addresses }) =>
      network === OTHER_NETWORK && Object.values(addresses).some((count) => count > 0),
  },
  {
    text: words.noLogons,
    anchor: 'radius-accounting',
    applies: (facts, has) => isPoorlyKnown(facts) && !has('radius'),
  },
  {
    text: words.noLeases,
    anchor: 'dhcp-leases',
    applies: (facts, has) => isPoorlyKnown(facts) && !has('lease'),
  },
  {
    text: words.noOwners,
    anchor: 'owners-of-devices',
    applies: (facts, has) => isPoorlyKnown(facts) && !has('owners'),
  },
  {
    text: words.sourcesTellNothing,
    anchor: 'when-a-source-tells-nothing',
    applies: (facts, has) => isPoorlyKnown(facts) && has('radius', 'lease', 'owners'),
  },
]

/** Under half of those who asked are known strongly or better. */
function isPoorlyKnown({ addresses }: NetworkFacts): boolean {
  const { certain, strong, fair, weak, none } = addresses
  return certain + strong < fair + weak + none
}

export function networkAdvice(
  facts: NetworkFacts,
  sources: readonly IdentitySource[],
): readonly NetworkAdvice[] {
  const has = (...asked: readonly IdentitySource[]): boolean =>
    asked.every((source) => sources.includes(source))
  return RULES.filter(({ applies }) => applies(facts, has)).map(({ text, anchor }) => ({
    text,
    anchor,
  }))
}
