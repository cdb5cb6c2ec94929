import type { IndexParts } from '#rules/index-layout.ts'
import type { LockedRows } from '#rules/locked-names.ts'
import type { ConsoleRule } from '../console-rules/console-rule.ts'
import type { AssignmentRow } from '../identity/assignment.ts'
import type { ReadyConfig } from '../policy/ready-config.ts'
import type { ReadyDevice } from '../policy/ready-identity.ts'
import type { Release } from '../releases/release.ts'

/** One change of what decides, as plain data that every thread can be told. */
export type PolicyChange =
  | { readonly kind: 'config'; readonly config: ReadyConfig }
  /** A compiled index that has been found sound: shared memory, not copied. */
  | { readonly kind: 'rules'; readonly parts: IndexParts }
  | { readonly kind: 'releases'; readonly releases: readonly Release[] }
  | { readonly kind: 'console-rules'; readonly rules: readonly ConsoleRule[] }
  /** Names of the locked bundle, with the keys of their hashes: it stays in this process. */
  | { readonly kind: 'locked'; readonly rows: LockedRows }
  /** Who asks from where: what has changed of it. */
  | { readonly kind: 'assignments'; readonly rows: readonly AssignmentRow[] }
  /** The clock has turned: other views may be in force. */
  | { readonly kind: 'clock' }

/**
 * What of a configuration the answering threads need. Who has which device stays in the main thread, which tells them groups: 20,000
 * devices would be copied at each change, and people's names with them.
 */
export function configChange(config: ReadyConfig): PolicyChange {
  const devices = config.identity.devices
    .filter(({ endpoint }) => endpoint !== undefined)
    .map(({ endpoint }) => ({ ...NOTHING_KNOWN, endpoint }))
  const identity = { ...config.identity, devices, users: new Map(), memberOf: new Map() }
  return { kind: 'config', config: { ...config, identity } }
}

const NOTHING_KNOWN: ReadyDevice = {
  mac: undefined,
  address: undefined,
  endpoint: undefined,
  name: undefined,
  user: undefined,
  group: undefined,
}
