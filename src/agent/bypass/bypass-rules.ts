/**
 * What the signs of one device and hour are worth, as data. The first rule whose needs are all met gives the grade, so the table goes from
 * high to low. What counts as background (see `background.ts`) is never counted by a rule above low.
 */
import type { BypassGrade, BypassReason, BypassSign } from '#domain/bypass-event.ts'

/** So much of some signs: lookups and packets, or different names and servers. */
export interface BypassNeed {
  readonly signs: readonly BypassSign[]
  readonly of: 'count' | 'different'
  readonly atLeast: number
}

export interface BypassRule {
  readonly id: BypassReason
  readonly grade: BypassGrade
  readonly needs: readonly BypassNeed[]
}

/** Packets of plain DNS to somebody else, from which on it is no stray. */
export const REPEATED_DNS_PACKETS = 10
/** A tunnel that nobody answers is tried two or three times. */
const TUNNEL_PACKETS = 4
const NAMES_OF_A_SEARCH = 5
const NAMES_AFTER_A_BLOCK = 3

const ON_THE_WIRE: readonly BypassSign[] = [
  'dns-elsewhere',
  'dot-elsewhere',
  'doh-elsewhere',
  'vpn-used',
  'tor-used',
]

export const BYPASS_RULES: readonly BypassRule[] = [
  {
    id: 'tunnel',
    grade: 'high',
    needs: [{ signs: ['vpn-used', 'tor-used'], of: 'count', atLeast: TUNNEL_PACKETS }],
  },
  {
    id: 'way-after-block',
    grade: 'high',
    needs: [{ signs: ['used-after-block'], of: 'count', atLeast: 1 }],
  },
  {
    id: 'tunnel-tried',
    grade: 'medium',
    needs: [{ signs: ['vpn-used', 'tor-used'], of: 'count', atLeast: 1 }],
  },
  {
    id: 'encrypted-elsewhere',
    grade: 'medium',
    needs: [{ signs: ['dot-elsewhere', 'doh-elsewhere'], of: 'count', atLeast: 1 }],
  },
  {
    id: 'dns-elsewhere',
    grade: 'medium',
    needs: [{ signs: ['dns-elsewhere'], of: 'count', atLeast: REPEATED_DNS_PACKETS }],
  },
  {
    id: 'search',
    grade: 'medium',
    needs: [
      {
        signs: ['vpn-looked-up', 'proxy-looked-up'],
        of: 'different',
        atLeast: NAMES_OF_A_SEARCH,
      },
    ],
  },
  {
    id: 'search-after-block',
    grade: 'medium',
    needs: [{ signs: ['looked-up-after-block'], of: 'different', atLeast: NAMES_AFTER_A_BLOCK }],
  },
  {
    id: 'silent-and-elsewhere',
    grade: 'medium',
    needs: [
      { signs: ['fell-silent'], of: 'count', atLeast: 1 },
      { signs: ON_THE_WIRE, of: 'count', atLeast: 1 },
    ],
  },
]

/** Where no rule holds. */
export const WEAKEST_RULE: Pick<BypassRule, 'id' | 'grade'> = {
  id: 'single-sign',
  grade: 'low',
}
