/** What became of lists: facts for the operations lane. */

export interface ListsCompiled {
  readonly kind: 'lists-compiled'
  readonly names: number
  readonly lists: number
  readonly refusedLines: number
  readonly durationMs: number
}

/**
 * Why a list's newest version is not in force. Up to `bad-certificate` it could not be had; the others were had and not
 * accepted. The last good version stays.
 */
export const LIST_TROUBLES = [
  'unreadable',
  'unreachable',
  'timeout',
  'cut-off',
  'bad-status',
  'bad-redirect',
  'bad-certificate',
  'private-address',
  'too-large',
  'bad-archive',
  'bad-signature',
  'html',
  'empty',
  'not-a-list',
  'guard-name',
  'changed-size',
  'internal',
] as const
export type ListTrouble = (typeof LIST_TROUBLES)[number]

/** A new version of a list was accepted. */
export interface ListUpdated {
  readonly kind: 'list-updated'
  /** Its id in the configuration. */
  readonly list: string
  readonly version: string
  readonly names: number
  /** Of the version before; absent for the first. */
  readonly namesBefore?: number
  /** Who accepted a change that needed a person; absent where none did. */
  readonly who?: string
}

/** A new version of a list is not used, or cannot be had; told once for each reason. */
export interface ListRefused {
  readonly kind: 'list-refused'
  readonly list: string
  readonly trouble: ListTrouble
  /** In words; may quote a server. */
  readonly detail: string
  /** Of the version that stays in force; absent where there is none. */
  readonly names?: number
}

/** A list has not been confirmed by its source for too long. */
export interface ListStale {
  readonly kind: 'list-stale'
  readonly list: string
  /** When it was last confirmed, in milliseconds since the epoch; absent: never. */
  readonly confirmedAt?: number
}
