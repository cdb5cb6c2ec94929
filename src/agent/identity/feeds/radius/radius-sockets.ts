import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { restartDelay } from '#platform/restart-delay.ts'
import { after } from '#platform/timer.ts'
import { type Endpoint, endpointText } from '../../../policy/sections/listen.ts'
import type { TellFault } from '../quiet-faults.ts'

/** Room for the packets of a burst while the thread does something else. */
const RECEIVE_BUFFER_BYTES = 1_048_576

/** Answers who sent it, from the socket that it came by. */
export type Reply = (answer: Buffer) => void
export type OnPacket = (datagram: Buffer, sender: string, reply: Reply) => void

interface Place {
  readonly endpoint: Endpoint
  socket: Socket | undefined
  isOpen: boolean
  cancelRetry: () => void
}

/**
 * The sockets of the endpoints in force. One that cannot be opened (its address comes later, another program has it) is told of and tried
 * again, after 1 s and up to 30 s.
 */
export class RadiusSockets {
  readonly #onPacket: OnPacket
  readonly #tellFault: TellFault
  #places = new Map<string, Place>()

  constructor(onPacket: OnPacket, tellFault: TellFault) {
    this.#onPacket = onPacket
    this.#tellFault = tellFault
  }

  get wanted(): number {
    return this.#places.size
  }

  /** Where it listens, with the ports that the kernel gave. */
  listening(): readonly Endpoint[] {
    return [...this.#places.values()].flatMap(({ socket, isOpen }) => {
      const bound = isOpen ? socket?.address() : undefined
      return bound ? [{ address: bound.address, port: bound.port }] : []
    })
  }

  /** Closes what is no longer wanted and opens what is new; resolves when each has been tried once. */
  async use(endpoints: readonly Endpoint[]): Promise<void> {
    const wanted = new Map(endpoints.map((endpoint) => [endpointText(endpoint), endpoint]))
    const leaving = [...this.#places].filter(([key]) => !wanted.has(key))
    for (const [key] of leaving) this.#places.delete(key)
    await Promise.all(leaving.map(([, place]) => close(place)))
    const fresh = [...wanted].filter(([key]) => !this.#places.has(key))
    await Promise.all(fresh.map(([key, endpoint]) => this.#add(key, endpoint)))
  }

  #add(key: string, endpoint: Endpoint): Promise<void> {
    const place: Place = {
      endpoint,
      socket: undefined,
      isOpen: false,
      cancelRetry: () => undefined,
    }
    this.#places.set(key, place)
    return this.#open(key, place, 0)
  }

  async #open(key: string, place: Place, previousMs: number): Promise<void> {
    const { address, port } = place.endpoint
    const isV6 = address.includes(':')
    const socket = createSocket({ type: isV6 ? 'udp6' : 'udp4', ipv6Only: isV6 })
    place.socket = socket
    const fault = await bind(socket, place.endpoint)
    if (this.#places.get(key) !== place) return closeSocket(socket)
    if (fault === undefined) return this.#receive(place, socket)
    closeSocket(socket)
    place.socket = undefined
    const delayMs = restartDelay(previousMs, 0)
    this.#tellFault(
      `socket ${key}`,
      `cannot listen for accounting at ${address}, port ${port} (${fault}); it is tried again`,
    )
    place.cancelRetry = after(delayMs, () => {
      this.#open(key, place, delayMs).catch(() => undefined)
    })
  }

  #receive(place: Place, socket: Socket): void {
    place.isOpen = true
    try {
      socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES)
    } catch {
      // What the kernel gives by itself serves too.
    }
    socket.on('message', (datagram, remote) => this.#take(socket, datagram, remote))
  }

  #take(socket: Socket, datagram: Buffer, remote: RemoteInfo): void {
    this.#onPacket(datagram, remote.address, (answer) => {
      // A sender of port 0 cannot be answered, and one that has gone away is no fault of ours.
      if (remote.port > 0 && isHeld(this.#places, socket))
        socket.send(answer, remote.port, remote.address, () => undefined)
    })
  }
}

function isHeld(places: ReadonlyMap<string, Place>, socket: Socket): boolean {
  return [...places.values()].some((place) => place.socket === socket)
}

/** Undefined once it is bound, else the system's word for why not. */
function bind(socket: Socket, { address, port }: Endpoint): Promise<string | undefined> {
  return new Promise((resolve) => {
    socket.once('error', (error) => resolve('code' in error ? String(error.code) : error.message))
    socket.bind({ address, port }, () => {
      socket.removeAllListeners('error')
      socket.on('error', () => undefined) // Of a packet that could not be sent.
      resolve(undefined)
    })
  })
}

async function close(place: Place): Promise<void> {
  place.cancelRetry()
  const { socket, isOpen } = place
  place.isOpen = false
  if (!socket || !isOpen) return
  await new Promise<void>((resolve) => socket.close(() => resolve()))
}

function closeSocket(socket: Socket): void {
  socket.removeAllListeners('error')
  socket.on('error', () => undefined)
  socket.close()
}
