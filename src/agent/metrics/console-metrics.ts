import { type ConsolePoll, POLL_OUTCOMES } from '../console-rules/console-poll.ts'
import type { RulesTaker } from '../console-rules/rules-taker.ts'
import type { Reading } from './agent-metrics.ts'

/** Figures of what people allow and deny in the console. */
export function consoleReadings(taker: RulesTaker, poll: ConsolePoll): readonly Reading[] {
  return [
    {
      name: 'edge_console_rules',
      help: 'Names that people allow and deny in the console, as far as they are in force here',
      kind: 'gauge',
      read: () => taker.inForce?.rules.length ?? 0,
    },
    {
      name: 'edge_console_rules_version',
      help: 'Version of the rules of the console that is in force here; 0 for none',
      kind: 'gauge',
      read: () => taker.inForce?.version ?? 0,
    },
    {
      name: 'edge_console_rules_refused',
      help: '1 while the newest version of the rules of the console is refused here',
      kind: 'gauge',
      read: () => Number(taker.refused !== undefined),
    },
    {
      name: 'edge_console_polls_total',
      help: 'Times that the collector was asked for news, by outcome',
      kind: 'counter',
      label: 'outcome',
      read: () => POLL_OUTCOMES.map((outcome) => [outcome, poll.counts[outcome]] as const),
    },
  ]
}
