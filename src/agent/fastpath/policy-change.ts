import type { IndexParts } from '#rules/index-layout.ts'
import type { LockedRows } from '#rules/locked-names.ts'
import type { AssignmentRow } from '../identity/assignment.ts'
import type { ReadyConfig } from '../policy/ready-config.ts'
import type { Release } from '../releases/release.ts'

/** One change of what decides, as plain data that every thread can be told. */
export type PolicyChange =
  | { readonly kind: 'config'; readonly config: ReadyConfig }
  /** A compiled index that has been found sound: shared memory, not copied. */
  | { readonly kind: 'rules'; readonly parts: IndexParts }
  | { readonly kind: 'releases'; readonly releases: readonly Release[] }
  /** Names of the locked bundle, with the keys of their hashes: it stays in this process. */
  | { readonly kind: 'locked'; readonly rows: LockedRows }
  /** Who asks from where: what has changed of it. */
  | { readonly kind: 'assignments'; readonly rows: readonly AssignmentRow[] }
  /** The clock has turned: other views may be in force. */
  | { readonly kind: 'clock' }
