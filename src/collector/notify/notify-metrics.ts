import { Counter, Gauge, type Registry } from 'prom-client'
import { CHANNELS, type Channel } from './settings/notify-settings.ts'

/** How an attempt ended; `unknown`: the collector died before it could tell. */
export const SEND_OUTCOMES = ['accepted', 'failed', 'refused', 'unknown'] as const
export type SendOutcomeName = (typeof SEND_OUTCOMES)[number]

export interface NotifyMetrics {
  readonly sent: (channel: Channel, outcome: SendOutcomeName) => void
  /** Accepted, after an attempt of which nobody knows how it ended. */
  readonly repeated: (channel: Channel) => void
}

/** What is read only when somebody scrapes. */
export interface NotifyReadings {
  /** Who can be told of anything. */
  readonly people: number
  readonly waiting: number
  /** Seconds for which the oldest message that is due has not left. */
  readonly oldestWaitingSeconds: number
  /** Alerts that nobody has acknowledged: whose ladder goes on, is through, or has nobody in it. */
  readonly climbing: number
  readonly ended: number
  readonly nobody: number
  /** People who did not confirm the newest drill. */
  readonly unconfirmed: number
}

/** Adds the series of telling people. Every label value is one of a fixed set. */
export function addNotifyMetrics(registry: Registry, read: () => NotifyReadings): NotifyMetrics {
  const registers = [registry]
  const sends = new Counter({
    name: 'edge_collector_notice_sends_total',
    help: 'Attempts to hand a message over, by channel and outcome.',
    labelNames: ['channel', 'outcome'],
    registers,
  })
  const repeats = new Counter({
    name: 'edge_collector_notice_repeats_total',
    help: 'Messages that may have come twice, under the same id, because the collector died while it sent them.',
    labelNames: ['channel'],
    registers,
  })
  for (const channel of CHANNELS) {
    repeats.inc({ channel }, 0)
    for (const outcome of SEND_OUTCOMES) sends.inc({ channel, outcome }, 0)
  }
  addGauges(registry, read)
  return {
    sent: (channel, outcome) => sends.inc({ channel, outcome }),
    repeated: (channel) => repeats.inc({ channel }),
  }
}

const GAUGES: Readonly<Record<keyof NotifyReadings, readonly [name: string, help: string]>> = {
  people: ['people', 'People whom the collector can tell of alerts.'],
  waiting: ['notices_waiting', 'Messages that are due and have not left.'],
  oldestWaitingSeconds: ['notices_waiting_oldest_seconds', 'Age of the oldest of them.'],
  climbing: ['ladders_climbing', 'Alerts that nobody has acknowledged and whose ladder goes on.'],
  ended: ['ladders_ended', 'Alerts that nobody has acknowledged although everybody was told.'],
  nobody: ['ladders_without_people', 'Alerts of which nobody is told, for want of people.'],
  unconfirmed: ['drill_unconfirmed', 'People who did not confirm the newest drill.'],
}

function addGauges(registry: Registry, read: () => NotifyReadings): void {
  for (const [key, [name, help]] of Object.entries(GAUGES)) {
    const gauge: Gauge = new Gauge({
      name: `edge_collector_${name}`,
      help,
      registers: [registry],
      collect: () => {
        const value = Object.entries(read()).find(([one]) => one === key)?.[1]
        gauge.set(value ?? 0)
      },
    })
  }
}
