import { createRequire } from 'node:module'
import type { Clock } from '#platform/clock.ts'
import { LINK_TYPE } from '../parse/link-layer.ts'
import { type PacketSource, SNAP_BYTES, type TakePacket } from './packet-source.ts'

/** The part of the addon `cap` 0.2.1 that is used. */
interface Cap {
  open(name: string, filter: string, bufferBytes: number, buffer: Buffer): string
  close(): boolean
  on(event: 'packet', take: (length: number) => void): void
  removeAllListeners(): void
}
interface CapModule {
  readonly Cap: new () => Cap
}

export interface CapOptions {
  readonly interface: string
  readonly filter: string
  readonly clock: Clock
  /** The addon was opened as often as it may be in one process: that is to end, and another begin. */
  readonly onWorn: () => void
}

const KERNEL_BUFFER_BYTES = 4_194_304
/** So long one turn of the event loop may take packets; then the capture pauses, so that reports, timers and signals have their turn. */
const TURN_MS = 250
/** The clock is read once in so many packets of a turn. */
const LOOK_EVERY = 64
const PAUSE_MS = 20
/** Opened once in one process; then it ends, and begins anew with the memory of a new one. */
const CAP_OPENS_MAX = 2000

/** As the addon calls the link types that are read here. */
const LINK_TYPES: ReadonlyMap<string, number> = new Map([
  ['ETHERNET', LINK_TYPE.ethernet],
  ['LINKTYPE_LINUX_SLL', LINK_TYPE.cooked],
  ['RAW', LINK_TYPE.raw],
])

/**
 * All that was ever opened. The event loop's list of handles runs through the memory of each, also once closed, and libpcap writes to its
 * buffer by address: collected, either corrupts the heap.
 */
const everOpened: { readonly cap: Cap; readonly buffer: Buffer }[] = []
let loaded: CapModule | undefined

/**
 * The addon `cap`. It aborts the process when the interface goes down, which whoever keeps the process answers by starting it again; it
 * hands over packets until there are none, so that a flood would leave no time for anything else: then it is closed for a moment and opened
 * anew (some 40 ms, most of which goes into the filter), and what comes meanwhile is lost uncounted, as the addon knows no counts. Throws where it cannot be loaded or opened.
 */
export function openCap(options: CapOptions, take: TakePacket): PacketSource {
  loaded ??= loadCap()
  const ended = Promise.withResolvers<string>()
  const turn = { packets: 0, startedMs: 0, isPlanned: false }
  let current: Cap | undefined
  let pausing: NodeJS.Timeout | undefined
  const pause = (): void => {
    close(current)
    current = undefined
    pausing = setTimeout(resume, PAUSE_MS)
  }
  const open = ({ Cap: CapClass }: CapModule): Cap => {
    const cap = new CapClass()
    const buffer = Buffer.alloc(SNAP_BYTES)
    everOpened.push({ cap, buffer })
    const { clock, interface: name, filter } = options
    const linkType = LINK_TYPES.get(cap.open(name, filter, KERNEL_BUFFER_BYTES, buffer)) ?? -1
    cap.on('packet', (length) => {
      if (cap !== current) return
      const nowMs = clock.monotonicMs()
      take(buffer, length, linkType, nowMs)
      if (isTurnOver(turn, clock)) pause()
    })
    return cap
  }
  const resume = (): void => {
    if (!loaded) return
    if (everOpened.length >= CAP_OPENS_MAX) return options.onWorn()
    try {
      current = open(loaded)
    } catch (error) {
      ended.resolve(error instanceof Error ? error.message : 'it cannot be opened')
    }
  }
  current = open(loaded)
  return {
    ended: ended.promise,
    dropped: () => 0,
    close: () => {
      clearTimeout(pausing)
      close(current)
      current = undefined
      return Promise.resolve()
    },
  }
}

interface Turn {
  packets: number
  startedMs: number
  isPlanned: boolean
}

/** A turn begins with its first packet and is over at the latest when the event loop gets to what was planned then. */
function isTurnOver(turn: Turn, clock: Clock): boolean {
  if (!turn.isPlanned) {
    turn.isPlanned = true
    turn.packets = 0
    turn.startedMs = clock.monotonicMs()
    setImmediate(() => {
      turn.isPlanned = false
    })
  }
  turn.packets++
  return turn.packets % LOOK_EVERY === 0 && clock.monotonicMs() - turn.startedMs > TURN_MS
}

function close(cap: Cap | undefined): void {
  cap?.removeAllListeners()
  cap?.close()
}

function loadCap(): CapModule {
  const required: CapModule = createRequire(import.meta.url)('cap')
  return required
}
