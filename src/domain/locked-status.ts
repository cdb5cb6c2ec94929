/** What a box says of the lists that the law locks, in the same words wherever it is told. */

/** The lists that a school's filter must have (DfE filtering standard): no names of one is said. */
const NEEDED = [
  { category: 'illegal.csam', title: 'child sexual abuse material' },
  { category: 'illegal.terror', title: 'unlawful terrorist content' },
] as const
const TITLES: ReadonlyMap<string, string> = new Map([
  ['illegal.ip', 'copyright'],
  ['illegal.other', 'other illegal content'],
  ...NEEDED.map(({ category, title }) => [category, title] as const),
])

/** Such lists change twice daily; older ones are told of. */
export const LOCKED_OLD_MS: number = 24 * 3_600_000
/** So old that something is wrong. */
export const LOCKED_STALE_MS: number = 72 * 3_600_000

/** The locked bundle of a box; names of it are told nowhere. */
export type LockedStatus =
  | { readonly kind: 'none' }
  /** One was installed, and nothing of it is in force. */
  | { readonly kind: 'lost'; readonly problem: string }
  | {
      readonly kind: 'in-force'
      /** Thumbprint of the publisher's key. */
      readonly publisher: string
      readonly serial: number
      /** Milliseconds since the epoch. */
      readonly madeAt: number
      /** Names by category. */
      readonly names: Readonly<Record<string, number>>
      /** Why it is in force from memory only, until the next start; absent when all is well. */
      readonly problem?: string
    }

/** Since when a bundle is as it is, in milliseconds; never negative, whatever the clock. */
export function lockedAgeMs({ madeAt }: { readonly madeAt: number }, nowMs: number): number {
  return Math.max(0, nowMs - madeAt)
}

/** One sentence. Never "compliant": DNS applies whole names only, which is a part of such lists. */
export function lockedSentence(status: LockedStatus, nowMs: number): string {
  switch (status.kind) {
    case 'none':
      return 'illegal-content lists not installed: not compliant'
    case 'lost':
      return `illegal-content lists not in force: not compliant; ${status.problem}`
    case 'in-force':
      return sayInForce(status, nowMs)
    default:
      return status satisfies never
  }
}

/** Whether somebody has to do something: there is no list, not every one that is needed, or one that is too old. */
export function isLockedWanting(status: LockedStatus, nowMs: number): boolean {
  if (status.kind !== 'in-force' || lockedFault(status, nowMs) !== undefined) return true
  return lockedAgeMs(status, nowMs) > LOCKED_OLD_MS || missingOf(status.names).length > 0
}

/** Why a box is degraded for it, or undefined. That none was ever installed is no fault of the box. */
export function lockedFault(status: LockedStatus, nowMs: number): string | undefined {
  if (status.kind === 'none') return undefined
  if (status.kind === 'lost') return lockedSentence(status, nowMs)
  if (status.problem !== undefined)
    return `the locked bundle is in force from memory only, until the next start: ${status.problem}`
  const ageMs = lockedAgeMs(status, nowMs)
  return ageMs > LOCKED_STALE_MS
    ? `the locked bundle is ${hours(ageMs)} old: ask its publisher for a newer one`
    : undefined
}

function sayInForce(
  status: Extract<LockedStatus, { readonly kind: 'in-force' }>,
  nowMs: number,
): string {
  const { publisher, serial, names } = status
  const ageMs = lockedAgeMs(status, nowMs)
  const missing = missingOf(names)
  const counts = Object.entries(names).map(([id, count]) => `${TITLES.get(id) ?? id} ${count}`)
  const words = [
    missing.length === 0
      ? 'illegal-content list in force, whole names only'
      : `illegal-content list incomplete: not compliant; no names of ${missing.join(' and ')}`,
    `publisher ${publisher}, serial ${serial}, ${hours(ageMs)} old`,
    ...(ageMs > LOCKED_OLD_MS ? ['a newer one should have come'] : []),
    counts.join(', '),
    ...(status.problem === undefined ? [] : [`from memory only: ${status.problem}`]),
  ]
  return words.join('; ')
}

function missingOf(names: Readonly<Record<string, number>>): readonly string[] {
  return NEEDED.filter(({ category }) => (names[category] ?? 0) === 0).map(({ title }) => title)
}

function hours(ms: number): string {
  return `${Math.floor(ms / 3_600_000)} h`
}
