import type { EventBody, EventDraft } from '#domain/event.ts'
import { type Failure, failure, isFailure } from '#domain/failure.ts'
import type { Clock } from '#platform/clock.ts'
import { newEventId, newReference } from '#platform/random.ts'
import type { CategoryId } from '#rules/category-ids.ts'
import type { DomainName } from '#rules/domain-name.ts'
import {
  CLOSED_MAX,
  OPEN_MAX,
  OPEN_PER_CLIENT_MAX,
  readRequests,
  writeRequests,
} from './request-file.ts'
import type { UnblockRequest } from './unblock-request.ts'

/** For so long whoever asked can read the answer. */
const CLOSED_KEPT_MS = 14 * 86_400_000
/** What nobody has looked at for so long is forgotten. */
const OPEN_KEPT_MS = 90 * 86_400_000

export interface RequestBookOptions {
  readonly clock: Clock
  /** What the run before left, as it was saved; undefined where there is nothing. */
  readonly kept: string | undefined
  /** Keeps the text durably. Calls follow one another. */
  readonly save: (text: string) => Promise<void>
  readonly emit: (draft: EventDraft) => void
  readonly tell: (body: EventBody) => void
  readonly onFault: (text: string) => void
}

/** What is asked for. */
export interface NewRequest {
  readonly client: string
  readonly group: string
  readonly name: DomainName
  readonly category: CategoryId | undefined
  readonly list?: string | undefined
  readonly why: string
  readonly lesson?: string
  readonly minutes?: number
}

export interface Taken {
  readonly request: UnblockRequest
  readonly isNew: boolean
}

/**
 * Requests to unblock, in memory and on the disk, newest last. The same client asking for the same name is one request, counted. Each
 * is an event of the operations lane, and so is its closing.
 */
export class RequestBook {
  readonly #options: RequestBookOptions
  #requests: readonly UnblockRequest[]
  #saving: Promise<unknown> = Promise.resolve()

  constructor(options: RequestBookOptions) {
    this.#options = options
    const read = options.kept === undefined ? [] : readRequests(options.kept)
    if (isFailure(read)) options.onFault(read.detail)
    this.#requests = isFailure(read) ? [] : read
  }

  all(): readonly UnblockRequest[] {
    return this.#current()
  }

  get open(): number {
    return this.#current().filter(isOpen).length
  }

  /** The newest request of a client for a name, open or answered. */
  find(client: string, name: DomainName): UnblockRequest | undefined {
    return this.#current().findLast((one) => one.client === client && one.name === name)
  }

  /** Takes a request and makes it durable before it is told. */
  async add(asked: NewRequest): Promise<Taken | Failure<'refused' | 'store-unavailable'>> {
    const { clock } = this.#options
    const current = this.#current()
    const before = current.find(
      (one) => isOpen(one) && one.client === asked.client && one.name === asked.name,
    )
    const open = current.filter(isOpen)
    const own = open.filter(({ client }) => client === asked.client)
    if (!before && (open.length >= OPEN_MAX || own.length >= OPEN_PER_CLIENT_MAX))
      return failure('refused', 'too many requests are open')
    const now = clock.wallMs()
    const request: UnblockRequest = before
      ? { ...before, count: before.count + 1, lastAt: now }
      : {
          ...asked,
          reference: newReference(),
          event: newEventId(),
          count: 1,
          firstAt: now,
          lastAt: now,
        }
    this.#requests = [...current.filter((one) => one !== before), request]
    const fault = await this.#save()
    if (fault !== undefined) {
      this.#requests = this.#requests.filter((one) => one !== request)
      if (before) this.#requests = [...this.#requests, before]
      return failure('store-unavailable', `the request could not be kept: ${fault}`)
    }
    this.#emit(request)
    return { request, isNew: !before }
  }

  /** Closes a request with an answer for whoever asked. */
  async close(
    reference: string,
    who: string,
    answer: string,
  ): Promise<UnblockRequest | Failure<'refused' | 'store-unavailable'>> {
    const found = this.#current().find((one) => one.reference === reference && isOpen(one))
    if (!found) return failure('refused', 'no such request is open')
    const closed = { ...found, closed: { at: this.#options.clock.wallMs(), who, answer } }
    this.#requests = this.#requests.map((one) => (one === found ? closed : one))
    const fault = await this.#save()
    if (fault !== undefined) {
      this.#requests = this.#requests.map((one) => (one === closed ? found : one))
      return failure('store-unavailable', `the closing could not be kept: ${fault}`)
    }
    this.#options.tell({ kind: 'unblock-closed', request: reference, who, answer })
    return closed
  }

  /** Resolves when everything has been written that will be. */
  async flush(): Promise<void> {
    await this.#saving
  }

  /** Those whose time is not over; the newest of the closed ones. */
  #current(): readonly UnblockRequest[] {
    const now = this.#options.clock.wallMs()
    const kept = this.#requests.filter(({ lastAt, closed }) =>
      closed ? now - closed.at < CLOSED_KEPT_MS : now - lastAt < OPEN_KEPT_MS,
    )
    const answered = kept.filter((one) => !isOpen(one))
    const tooMany = new Set(answered.slice(0, Math.max(0, answered.length - CLOSED_MAX)))
    this.#requests = kept.filter((one) => !tooMany.has(one))
    return this.#requests
  }

  #emit(request: UnblockRequest): void {
    const { event, reference, group, name, category, list } = request
    const { why, lesson, minutes, count, lastAt } = request
    this.#options.emit({
      id: event,
      revision: count,
      at: lastAt,
      body: {
        kind: 'unblock-requested',
        request: reference,
        group,
        name,
        ...(category === undefined ? {} : { category }),
        ...(list === undefined ? {} : { list }),
        why,
        ...(lesson === undefined ? {} : { lesson }),
        ...(minutes === undefined ? {} : { minutes }),
        count,
      },
    })
  }

  /** Why the present state could not be kept, in words. Never rejects. */
  #save(): Promise<string | undefined> {
    const saved = this.#saving
      .then(() => this.#options.save(writeRequests(this.#requests)))
      .then(
        () => undefined,
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      )
    this.#saving = saved
    return saved
  }
}

function isOpen({ closed }: UnblockRequest): boolean {
  return closed === undefined
}
