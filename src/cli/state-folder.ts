import { chmodSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Environment } from '#platform/environment.ts'

/** Everything that survives a restart, in a folder that only its owner may enter. */
export interface StateFolder {
  readonly root: string
  readonly agent: string
  readonly collector: string
  /** Enrolments that the collector believes. */
  readonly enrolled: string
  /** What may be deleted at any time. */
  readonly cache: string
  readonly agentSocket: string
  readonly collectorSocket: string
  readonly applianceKey: string
}

const PROGRAM_ROOT = join(import.meta.dirname, '..', '..')
/** Where packages install the program; its state then belongs to the system, not beside the program. */
const INSTALLED_ROOT = '/usr/lib/supercloud-edge'
const INSTALLED_STATE = '/var/lib/supercloud-edge'
const PRIVATE = 0o700

/** A state folder that cannot be used: a start-up fault. */
export class StateError extends Error {
  readonly code = 'EDGE_STATE'
}

/** Where the state is: the flag, else STATE_DIRECTORY, else beside the program. Touches nothing. */
export function findState(
  flag: string | undefined,
  environment: Environment,
  folder: string,
): StateFolder {
  const beside = PROGRAM_ROOT === INSTALLED_ROOT ? INSTALLED_STATE : join(PROGRAM_ROOT, 'var')
  const root = resolve(folder, flag ?? environment.stateDirectory ?? beside)
  const agent = join(root, 'agent')
  const collector = join(root, 'collector')
  return {
    root,
    agent,
    collector,
    enrolled: join(root, 'enrolled'),
    cache: join(root, 'cache'),
    agentSocket: join(agent, 'agent.sock'),
    collectorSocket: join(collector, 'collector.sock'),
    applianceKey: join(agent, 'appliance.key'),
  }
}

/**
 * Makes the folders, or makes existing ones private. Throws `StateError` when they belong to someone else or hold
 * something else.
 */
export function prepareState(state: StateFolder): void {
  makePrivate(state.root, (names) => names.length === 0 || names.includes('agent'))
  for (const path of [state.agent, state.collector, state.enrolled, state.cache])
    makePrivate(path, () => true)
}

/** `isOurs` tells from what is in an open folder whether it may be closed to everybody else. */
function makePrivate(path: string, isOurs: (names: readonly string[]) => boolean): void {
  try {
    mkdirSync(path, { recursive: true, mode: PRIVATE })
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    throw new StateError(
      `cannot make the state folder ${path} (${why}); choose another with --state`,
    )
  }
  const { uid, mode } = statSync(path)
  const ownUid = process.geteuid?.() ?? uid
  if (uid !== ownUid)
    throw new StateError(
      `the state folder ${path} belongs to user ${uid}, this runs as user ${ownUid}; choose another with --state`,
    )
  if ((mode & 0o777) === PRIVATE) return
  // Taking a shared folder such as /tmp away from everybody else would be worse than not starting.
  if (!isOurs(readdirSync(path)))
    throw new StateError(`${path} holds other things; choose an empty folder with --state`)
  chmodSync(path, PRIVATE)
}
