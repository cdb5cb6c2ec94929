import type { RogueServerNoticed } from '#domain/bypass-event.ts'
import type { RogueServerSeen } from '#domain/capture-report.ts'
import type { EventDraft, StoredEvent } from '#domain/event.ts'
import type { Clock } from '#platform/clock.ts'
import { newEventId } from '#platform/random.ts'
import type { After } from '#platform/timer.ts'
import { type OpenEvent, OpenEvents } from '../signals/open-events.ts'

/** What an event lasts, from the first time that its server was seen. */
export const ROGUE_WINDOW_MS = 3_600_000
const REVISION_EVERY_MS = 60_000
/** Whoever floods the network with made-up servers gets so many events an hour, and the others are counted. */
const OPEN_MAX = 100
const DETAIL_CHARS_MAX = 300
const ADDRESS_CHARS_MAX = 64

interface Rogue extends OpenEvent {
  readonly id: string
  body: RogueServerNoticed
}

export interface RogueServersOptions {
  readonly clock: Clock
  /** Never throws, never blocks. */
  readonly emit: (draft: EventDraft) => void
  readonly after?: After
}

/** One event for each stranger that plays a server, and hour. */
export class RogueServers {
  readonly #clock: Clock
  readonly #open: OpenEvents<Rogue>
  /** Strangers of whom there was no event. */
  notTold = 0

  constructor(options: RogueServersOptions) {
    this.#clock = options.clock
    this.#open = new OpenEvents({
      ...options,
      openMax: OPEN_MAX,
      revisionEveryMs: REVISION_EVERY_MS,
      draftOf: ({ id, revision, body }) => ({ id, revision, at: body.lastAt, body }),
    })
  }

  record({ part, mac, address, detail }: RogueServerSeen): void {
    const nowMs = this.#clock.monotonicMs()
    const at = this.#clock.wallMs()
    this.#open.closeEnded(nowMs)
    const told = {
      part,
      mac,
      address: address.slice(0, ADDRESS_CHARS_MAX),
      detail: detail.slice(0, DETAIL_CHARS_MAX),
    }
    const known = this.#open.get(keyOf(told))
    if (known) {
      const { body } = known
      const lastAt = Math.max(body.firstAt, at)
      known.body = { ...body, ...told, count: body.count + 1, lastAt }
      return this.#open.tellLater(known)
    }
    if (this.#open.size >= OPEN_MAX) {
      this.notTold++
      return
    }
    const body = { kind: 'rogue-server-seen', ...told, count: 1, firstAt: at, lastAt: at } as const
    const rogue = { id: newEventId(), endsMs: nowMs + ROGUE_WINDOW_MS, revision: 0, body }
    this.#open.add(keyOf(told), rogue)
    this.#open.tell(rogue)
  }

  /** Goes on with events whose hour was not over when the agent stopped; call it before the first \`record\`. */
  resume(events: readonly StoredEvent[]): void {
    const rogues = events.flatMap(({ id, revision, body }): Rogue[] => {
      if (body.kind !== 'rogue-server-seen') return []
      const leftMs = body.firstAt + ROGUE_WINDOW_MS - this.#clock.wallMs()
      const endsMs = this.#clock.monotonicMs() + Math.min(ROGUE_WINDOW_MS, leftMs)
      return leftMs > 0 ? [{ id, revision, body, endsMs }] : []
    })
    this.#open.resume(rogues.map((one) => [keyOf(one.body), one]))
  }

  /** Tells every last state that has not been. */
  close(): void {
    this.#open.close()
  }
}

function keyOf({ part, mac }: Pick<RogueServerSeen, 'part' | 'mac'>): string {
  return `${part} ${mac}`
}
