import type { RogueServerNoticed } from '#domain/bypass-event.ts'
import type { RogueServerSeen } from '#domain/capture-report.ts'
import type { EventDraft } from '#domain/event.ts'
import type { Clock } from '#platform/clock.ts'
import { newEventId } from '#platform/random.ts'

const WINDOW_MS = 3_600_000
const REVISION_EVERY_MS = 60_000
/** Whoever floods the network with made-up servers gets so many events an hour, and the others are counted. */
const OPEN_MAX = 100
const DETAIL_CHARS_MAX = 300

interface Rogue {
  readonly id: string
  readonly endsMs: number
  body: RogueServerNoticed
  toldMs: number
  revision: number
}

/** One event for each stranger that plays a server, and hour. */
export class RogueServers {
  readonly #clock: Clock
  readonly #emit: (draft: EventDraft) => void
  readonly #open = new Map<string, Rogue>()
  /** Strangers of whom there was no event. */
  notTold = 0

  constructor(clock: Clock, emit: (draft: EventDraft) => void) {
    this.#clock = clock
    this.#emit = emit
  }

  record({ part, mac, address, detail }: RogueServerSeen): void {
    const nowMs = this.#clock.monotonicMs()
    const at = this.#clock.wallMs()
    for (const [key, { endsMs }] of this.#open) if (endsMs <= nowMs) this.#open.delete(key)
    const key = `${part} ${mac}`
    const known = this.#open.get(key)
    if (!known && this.#open.size >= OPEN_MAX) {
      this.notTold++
      return
    }
    const told = { part, mac, address: address.slice(0, 64), detail: cut(detail) }
    const rogue: Rogue = known ?? {
      id: newEventId(),
      endsMs: nowMs + WINDOW_MS,
      body: { kind: 'rogue-server-seen', ...told, count: 0, firstAt: at, lastAt: at },
      toldMs: Number.NEGATIVE_INFINITY,
      revision: 0,
    }
    this.#open.set(key, rogue)
    const { firstAt, count } = rogue.body
    rogue.body = { ...rogue.body, ...told, count: count + 1, lastAt: Math.max(firstAt, at) }
    if (nowMs < rogue.toldMs + REVISION_EVERY_MS) return
    rogue.toldMs = nowMs
    rogue.revision++
    this.#emit({ id: rogue.id, revision: rogue.revision, at, body: rogue.body })
  }
}

function cut(text: string): string {
  return text.slice(0, DETAIL_CHARS_MAX)
}
