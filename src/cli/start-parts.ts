import { join, resolve } from 'node:path'
import { CONTROL_PATHS } from '#agent/control/control-api.ts'
import type { ConfigSource } from '#agent/policy/config-source.ts'
import { isFailure } from '#domain/failure.ts'
import { environmentWith } from '#platform/environment.ts'
import { COLLECTOR_OPTIONS, PATH_OPTIONS } from './collector-options.ts'
import type { Invocation } from './command.ts'
import { ask } from './control-client.ts'
import type { StateFolder } from './state-folder.ts'
import type { SupervisedPart } from './supervise.ts'

const MAIN = join(import.meta.dirname, 'main.ts')
const POLL_TIMEOUT_MS = 2000
/**
 * Short-lived garbage of a flood would otherwise be left lying in up to 128 MiB of memory, and helpers that collect it would take turns
 * from the thread that answers; heaps that grow with less room to spare make the process some 30 MiB smaller. The unit files say the same.
 */
const AGENT_FLAGS = ['--max-semi-space-size=4', '--single-threaded-gc', '--optimize-for-size']
const COLLECTOR_FLAGS = ['--max-semi-space-size=16']

/** The two parts that `start` keeps; `common` are options of both. */
export function partsOf(
  invocation: Invocation,
  state: StateFolder,
  config: ConfigSource,
  common: readonly string[],
): readonly SupervisedPart[] {
  const environment = environmentWith({
    NODE_COMPILE_CACHE: join(state.cache, 'compile'),
    MALLOC_ARENA_MAX: '2',
  })
  const configArgs = config.kind === 'file' ? ['--config', config.path] : []
  return [
    {
      name: 'agent',
      args: [...AGENT_FLAGS, MAIN, 'agent', ...common, ...configArgs],
      environment,
      hasReload: true,
      isRequired: true,
      isReady: () => answers(state.agentSocket),
    },
    {
      name: 'collector',
      args: [...COLLECTOR_FLAGS, MAIN, 'collector', ...common, ...collectorArgs(invocation)],
      environment,
      hasReload: false,
      // Filtering goes on without it: events wait in the outbox.
      isRequired: false,
      isReady: () => answers(state.collectorSocket),
    },
  ]
}

/** The collector's options as they were given to `start`. */
function collectorArgs({ values, folder }: Invocation): readonly string[] {
  return Object.keys(COLLECTOR_OPTIONS).flatMap((option) =>
    (values.get(option) ?? []).flatMap((value) => [
      `--${option}`,
      PATH_OPTIONS.has(option) ? resolve(folder, value) : value,
    ]),
  )
}

async function answers(socket: string): Promise<boolean> {
  const path = CONTROL_PATHS.status
  return !isFailure(await ask({ socket, method: 'GET', path, timeoutMs: POLL_TIMEOUT_MS }))
}
