import type { Message } from '../channels/channel.ts'
import { parseFacts } from '../occasions/digest-facts.ts'
import type { NotifySettings } from '../settings/notify-settings.ts'
import { wordsOf } from '../words.ts'
import type { Claimed } from './delivery-queue.ts'

export type MakeMessage = (claimed: Claimed, settings: NotifySettings, nowMs: number) => Message

/** Ids that may stand in an address as they are. */
const PLAIN_ID = /^[A-Za-z0-9_-]{1,64}$/

/** Words and link of a delivery, the same at every try. `tokenOf` gives the secret by which a drill is confirmed. */
export function makeMakeMessage(tokenOf: (notice: string) => string): MakeMessage {
  return (claimed, { consoleUrl, zone }, nowMs) => {
    const { notice, kind, tone, severity, items, seenAtMs, facts, madeAtMs } = claimed
    const link = `${consoleUrl}${pathOf(claimed, tokenOf)}`
    const grave = severity === null ? {} : { severity }
    const seen = seenAtMs === null ? {} : { seenAtMs }
    const counts = facts === null ? undefined : parseFacts(facts)
    const counted = counts ? { counts } : {}
    const words = wordsOf({ tone, items, link, zone, ...grave, ...seen, ...counted })
    return { id: notice, kind, words, link, items, madeAtMs, nowMs, ...grave }
  }
}

function pathOf({ kind, alert, notice }: Claimed, tokenOf: (notice: string) => string): string {
  if (kind === 'drill') return `/confirm/${tokenOf(notice)}`
  if (kind === 'digest') return '/digest'
  return alert !== null && PLAIN_ID.test(alert) ? `/alerts/${alert}` : '/alerts'
}
