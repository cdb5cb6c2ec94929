import { type NetworkFacts, OTHER_NETWORK } from '#domain/device-report.ts'
import type { IdentitySource } from '#domain/identity.ts'

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
    text: 'Let devices ask the box themselves: name the box as DNS server in DHCP (option 6). Or declare the server that asks for them under identity.forwarders, and let it tell who asks.',
    anchor: 'the-hidden-school',
    applies: ({ hiddenSchool }) => hiddenSchool !== undefined,
  },
  {
    text: 'These addresses lie in no network of your configuration and get the strictest pupil group. Add their network under networks.',
    anchor: 'where-the-box-stands',
    applies: ({ network, addresses }) =>
      network === OTHER_NETWORK && Object.values(addresses).some((count) => count > 0),
  },
  {
    text: 'Nobody logs on here: RADIUS is not set up. With it each logon names the person.',
    anchor: 'radius-accounting',
    applies: (facts, has) => isPoorlyKnown(facts) && !has('radius'),
  },
  {
    text: 'Give the box the lease file of your DHCP server, so that devices have names.',
    anchor: 'dhcp-leases',
    applies: (facts, has) => isPoorlyKnown(facts) && !has('lease'),
  },
  {
    text: 'Import the owners of the school’s devices from your MDM.',
    anchor: 'owners-of-devices',
    applies: (facts, has) => isPoorlyKnown(facts) && !has('owners'),
  },
  {
    text: 'Sources are set up, but they do not name the devices of this network: see whether its DHCP server and its controllers are the ones that the box hears from.',
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
