/** What the program is told by its environment: the only reader of `process.env`. */
export interface Environment {
  /** SUPERCLOUD_EDGE_CONFIG: a configuration file. */
  readonly configFile: string | undefined
  /** STATE_DIRECTORY, set by systemd: the first of a colon list (systemd.exec(5)). */
  readonly stateDirectory: string | undefined
  /** NOTIFY_SOCKET, set by systemd when it waits to be told of readiness (sd_notify(3)). */
  readonly notifySocket: string | undefined
  /** SUDO_USER: who became root to run this. */
  readonly sudoUser: string | undefined
}

/** Reads the environment as it is now; empty values count as absent. */
export function readEnvironment(): Environment {
  return {
    configFile: variable('SUPERCLOUD_EDGE_CONFIG'),
    stateDirectory: variable('STATE_DIRECTORY')?.split(':')[0],
    notifySocket: variable('NOTIFY_SOCKET'),
    sudoUser: variable('SUDO_USER'),
  }
}

/** This process's environment with some variables set, for a child. */
export function environmentWith(
  extra: Readonly<Record<string, string>>,
): Readonly<Record<string, string | undefined>> {
  return { ...process.env, ...extra }
}

/** What a child needs to find programs and compiled code, and nothing of what this process was trusted with. */
export function bareEnvironment(): Readonly<Record<string, string | undefined>> {
  const { PATH, NODE_COMPILE_CACHE } = process.env
  return { PATH, NODE_COMPILE_CACHE, LANG: 'C', MALLOC_ARENA_MAX: '2' }
}

function variable(name: string): string | undefined {
  const value = process.env[name]
  return value === '' ? undefined : value
}
