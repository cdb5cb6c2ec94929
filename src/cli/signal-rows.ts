import { z } from 'zod'
import { plural } from './plural.ts'

/** What the status says of the looking at lookups, and of their log; an older agent says neither. */
export interface SignalsReply {
  readonly signals?:
    | {
        readonly enabled: boolean
        readonly clients: number
        readonly dropped: number
        readonly droppedAlerts: number
      }
    | undefined
  readonly queries?:
    | {
        readonly enabled: boolean
        readonly bytes: number
        readonly lost: number
        readonly fault: string
      }
    | undefined
}

const signalsField = z.object({
  enabled: z.boolean(),
  clients: z.number(),
  dropped: z.number(),
  droppedAlerts: z.number(),
})
const queriesField = z.object({
  enabled: z.boolean(),
  bytes: z.number(),
  lost: z.number(),
  fault: z.string(),
})

export const SIGNALS_FIELDS: {
  readonly signals: z.ZodType<SignalsReply['signals']>
  readonly queries: z.ZodType<SignalsReply['queries']>
} = { signals: signalsField.optional(), queries: queriesField.optional() }

const BYTES_PER_MIB = 1_048_576

/** What is looked at together, and what is written down of it. */
export function signalRows({ signals, queries }: SignalsReply): (readonly [string, string])[] {
  const rows: (readonly [string, string])[] = []
  if (signals?.enabled === false) rows.push(['signals', 'off'])
  else if (signals) {
    const { clients, dropped, droppedAlerts } = signals
    const lost = droppedAlerts === 0 ? '' : `, of alerting categories ${droppedAlerts}`
    rows.push(['signals', `on, ${plural(clients, 'client')}, dropped ${dropped}${lost}`])
  }
  if (queries?.enabled === false) rows.push(['query log', 'off'])
  else if (queries) {
    const size = `${(queries.bytes / BYTES_PER_MIB).toFixed(1)} MiB`
    const lost = queries.lost === 0 ? '' : `, ${queries.lost} of its batches lost`
    const fault = queries.fault === '' ? '' : `; ${queries.fault}`
    rows.push(['query log', `${size}${lost}${fault}`])
  }
  return rows
}
