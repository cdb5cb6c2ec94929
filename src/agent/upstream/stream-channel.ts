import type { Socket } from 'node:net'
import { failure, isFailure } from '#domain/failure.ts'
import type { Channel, ExchangeFailure, WriteQuery } from './exchange.ts'
import { StreamConnection } from './stream-connection.ts'
import { withinTime } from './within-time.ts'

/** Connections to one upstream at once: a second one where the first is full. */
const CONNECTIONS_MAX = 2

/** Opens a connection, up to where questions may be sent on it. Never rejects. */
export type Dial = () => Promise<Socket | ExchangeFailure>

/** Long-lived connections to one upstream: opened when somebody asks, used by all, opened again when they are gone. */
export class StreamChannel implements Channel {
  readonly #dial: Dial
  readonly #onMismatch: () => void
  readonly #connections = new Set<StreamConnection>()
  #opening: Promise<StreamConnection | ExchangeFailure> | undefined
  #isClosed = false

  constructor(dial: Dial, onMismatch: () => void) {
    this.#dial = dial
    this.#onMismatch = onMismatch
  }

  readonly ask = async (
    write: WriteQuery,
    timeoutMs: number,
  ): Promise<Buffer | ExchangeFailure> => {
    const startedMs = performance.now()
    const connection = this.#withRoom() ?? (await withinTime(this.#open(), timeoutMs))
    if (isFailure(connection)) return connection
    if (!connection.hasRoom) return failure('busy', 'too many questions wait')
    return connection.ask(write, Math.max(1, timeoutMs - (performance.now() - startedMs)))
  }

  close(): void {
    this.#isClosed = true
    for (const connection of this.#connections) connection.close()
    this.#connections.clear()
  }

  #withRoom(): StreamConnection | undefined {
    for (const connection of this.#connections) {
      if (connection.hasRoom) return connection
      if (!connection.isOpen) this.#connections.delete(connection)
    }
    return undefined
  }

  /** The connection that is being opened, for all who wait for it. It is opened to its end even where nobody waits any more. */
  #open(): Promise<StreamConnection | ExchangeFailure> {
    if (this.#opening) return this.#opening
    if (this.#connections.size >= CONNECTIONS_MAX)
      return Promise.resolve(failure('busy', 'too many questions wait'))
    const opening = this.#dial().then((socket) => {
      this.#opening = undefined
      if (isFailure(socket)) return socket
      const connection = new StreamConnection(socket, this.#onMismatch)
      if (this.#isClosed) connection.close()
      else this.#connections.add(connection)
      return connection
    })
    this.#opening = opening
    return opening
  }
}
