import type { Command } from './command.ts'

/** A command's one line of help, and its module, which is loaded when the command is given. */
export interface CommandEntry {
  readonly summary: string
  readonly load: () => Promise<Command>
}

/** Every command, in the order of the help. */
export const COMMANDS: ReadonlyMap<string, CommandEntry> = new Map<string, CommandEntry>([
  [
    'start',
    {
      summary: 'run an agent and a collector on this machine, and keep both running',
      load: async () => (await import('./start.ts')).startCommand,
    },
  ],
  [
    'agent',
    {
      summary: 'run the agent: DNS, policy, events, link health',
      load: async () => (await import('./agent.ts')).agentCommand,
    },
  ],
  [
    'collector',
    {
      summary: 'run the collector: events of many agents, console',
      load: async () => (await import('./collector.ts')).collectorCommand,
    },
  ],
  [
    'capture',
    {
      summary: 'watch the wire: devices, and what goes round the filter',
      load: async () => (await import('./capture.ts')).captureCommand,
    },
  ],
  [
    'status',
    {
      summary: 'how the agent is; ends with 1 when it is degraded',
      load: async () => (await import('./status.ts')).statusCommand,
    },
  ],
  [
    'explain',
    {
      summary: 'what would happen to a lookup, and why',
      load: async () => (await import('./explain.ts')).explainCommand,
    },
  ],
  [
    'release',
    {
      summary: 'open a category or a name for a group, for a lesson',
      load: async () => (await import('./release.ts')).releaseCommand,
    },
  ],
  [
    'lists',
    {
      summary: 'how each list is; looks for a new version, or accepts one',
      load: async () => (await import('./lists.ts')).listsCommand,
    },
  ],
  [
    'flush',
    {
      summary: 'drop answers from the cache, of a name or all',
      load: async () => (await import('./flush.ts')).flushCommand,
    },
  ],
  [
    'requests',
    {
      summary: 'what people asked to be unblocked; answer them',
      load: async () => (await import('./requests.ts')).requestsCommand,
    },
  ],
  [
    'selftest',
    {
      summary: 'prove that the filter works, for every group',
      load: async () => (await import('./selftest.ts')).selftestCommand,
    },
  ],
  [
    'firewall',
    {
      summary:
        'rules that make the filter count on a box that routes; changes nothing unless told to',
      load: async () => (await import('./firewall.ts')).firewallCommand,
    },
  ],
  [
    'proof',
    {
      summary: 'what the hourly self-tests have found, for 13 months',
      load: async () => (await import('./proof.ts')).proofCommand,
    },
  ],
  [
    'setup',
    {
      summary: 'what is still to be done on this box, and how',
      load: async () => (await import('./setup.ts')).setupCommand,
    },
  ],
  [
    'check',
    {
      summary: 'read a configuration file and tell everything wrong with it',
      load: async () => (await import('./check.ts')).checkCommand,
    },
  ],
  [
    'events',
    {
      summary: 'count safeguarding events; show them when a reason is given',
      load: async () => (await import('./events.ts')).eventsCommand,
    },
  ],
  [
    'queries',
    {
      summary: 'what was looked up on this box; a reason is recorded',
      load: async () => (await import('./queries.ts')).queriesCommand,
    },
  ],
  [
    'locked',
    {
      summary: 'install or make a bundle of names that the law locks',
      load: async () => (await import('./locked.ts')).lockedCommand,
    },
  ],
  [
    'sign-in-code',
    {
      summary: 'make a one-time code for the console',
      load: async () => (await import('./sign-in-code.ts')).signInCodeCommand,
    },
  ],
])

/** The help of the program. */
export function programHelp(): string {
  const width = Math.max(...[...COMMANDS.keys()].map((name) => name.length))
  const lines = [...COMMANDS].map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`)
  return [
    'usage: supercloud-edge COMMAND [options]',
    '',
    ...lines,
    '',
    'supercloud-edge COMMAND --help tells more.',
  ].join('\n')
}
