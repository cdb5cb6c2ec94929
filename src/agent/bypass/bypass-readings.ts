import { BYPASS_GRADES } from '#domain/bypass-event.ts'
import type { Reading } from '../metrics/agent-metrics.ts'
import type { AskWatch } from './ask-watch.ts'
import type { BypassWatch } from './bypass-watch.ts'
import type { RogueServers } from './rogue-servers.ts'

export interface BypassReadingParts {
  readonly watch: BypassWatch
  readonly asks: AskWatch
  readonly rogues: RogueServers
}

/** Labels: a grade, or why something was left out. */
export function bypassReadings({ watch, asks, rogues }: BypassReadingParts): readonly Reading[] {
  return [
    {
      kind: 'counter',
      name: 'edge_bypass_events_total',
      help: 'Events of devices that go round the filter, by the grade that they came to; one that rises counts in each',
      label: 'grade',
      read: () => BYPASS_GRADES.map((grade) => [grade, watch.counters().events[grade]]),
    },
    {
      kind: 'gauge',
      name: 'edge_bypass_devices',
      help: 'Devices that go round the filter, of the last hour, by grade',
      label: 'grade',
      read: () =>
        BYPASS_GRADES.map((grade) => [
          grade,
          watch.facts().filter((one) => one.grade === grade).length,
        ]),
    },
    {
      kind: 'counter',
      name: 'edge_bypass_left_out_total',
      help: 'Signs of ways round the filter that found no room: no event, an event closed before its time, a sample, a rogue server',
      label: 'what',
      read: () => {
        const { notTold, closedEarly, samplesLeftOut } = watch.counters()
        return [
          ['event', notTold],
          ['closed-early', closedEarly],
          ['sample', samplesLeftOut],
          ['rogue-server', rogues.notTold],
        ]
      },
    },
    {
      kind: 'gauge',
      name: 'edge_hidden_school',
      help: '1 while one address asks for most of the school, so that nobody behind it can be told apart',
      read: () => (asks.hiddenSchool() ? 1 : 0),
    },
    {
      kind: 'gauge',
      name: 'edge_busiest_client_share_ratio',
      help: 'Of the queries of the last ten minutes, what the client that asks most has asked, by samples',
      read: () => asks.busiest()?.share ?? 0,
    },
  ]
}
