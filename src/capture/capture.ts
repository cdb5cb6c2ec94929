/**
 * The capture process: packets of named interfaces in, summaries out. It opens no socket but for packets, knows no configuration but what
 * it is told at start, and keeps nothing. When it dies it is started anew.
 */
import type { CaptureReport, SourceChanged } from '#domain/capture-report.ts'
import type { CaptureSettings } from '#domain/capture-settings.ts'
import { type Failure, isFailure } from '#domain/failure.ts'
import type { CaptureTools } from '#platform/capture-tools.ts'
import { chooseSource } from '#platform/choose-source.ts'
import type { Clock } from '#platform/clock.ts'
import { randomWord } from '#platform/random.ts'
import { openCap } from './source/cap-source.ts'
import { openFile } from './source/file-source.ts'
import { type KeptSource, keepSource } from './source/keep-source.ts'
import { packetFilter } from './source/packet-filter.ts'
import type { PacketSource, TakePacket } from './source/packet-source.ts'
import { openTcpdump } from './source/tcpdump-source.ts'
import { type Analyser, makeAnalyser } from './watch/analyser.ts'
import { type OwnAddresses, readOwnAddresses } from './watch/surroundings.ts'

const SWEEP_EVERY_MS = 2000
const TALLY_EVERY_MS = 10_000
const OWN_EVERY_MS = 5000

export interface CaptureParts {
  readonly settings: CaptureSettings
  readonly clock: Clock
  readonly tools: CaptureTools
  readonly report: (report: CaptureReport) => void
  readonly reportsDropped: () => number
  /** The process is to be started anew; nothing is captured until it is. */
  readonly onWorn?: () => void
}

export interface Capture {
  /** Tells the sums a last time. */
  readonly close: () => Promise<void>
}

/** Captures until it is closed. The failure says what is missing on this machine. */
export function startCapturing(parts: CaptureParts): Capture | Failure {
  const { settings, clock, tools } = parts
  const source = chooseSource(settings.source, tools)
  if (isFailure(source)) return source
  let own = readOwnAddresses()
  const analyser = analyserOf(parts, own)
  const take: TakePacket = analyser.packet
  const kept = settings.interfaces.map((name) =>
    keepSource({
      interface: name,
      source,
      clock,
      onChange: parts.report,
      open: () => openLive(parts, { name, source, own }, take),
    }),
  )
  const tally = (): void => tellTally(parts, analyser, kept)
  const timers = [
    setInterval(() => analyser.sweep(clock.monotonicMs()), SWEEP_EVERY_MS),
    setInterval(tally, TALLY_EVERY_MS),
    setInterval(() => {
      const now = readOwnAddresses()
      if (JSON.stringify(now) === JSON.stringify(own)) return
      own = now
      analyser.useOwn(own)
      for (const one of kept) one.reopen()
    }, OWN_EVERY_MS),
  ]
  return {
    close: async () => {
      for (const timer of timers) clearInterval(timer)
      await Promise.all(kept.map((one) => one.close()))
      analyser.sweep(Infinity)
      tally()
    },
  }
}

/** Reads a capture file instead, and resolves when it is read. The machine's own addresses count for nothing in it. */
export async function readCapture(parts: CaptureParts, path: string): Promise<void> {
  const own = { addresses: [], networks: [], macs: [] }
  const analyser = analyserOf(parts, own)
  let sweptMs = 0
  const source: SourceChanged = {
    kind: 'source-changed',
    interface: path,
    source: 'file',
    state: 'running',
    detail: 'reads',
  }
  parts.report(source)
  const file = openFile(path, (bytes, length, linkType, atMs) => {
    if (atMs - sweptMs >= SWEEP_EVERY_MS) analyser.sweep(atMs)
    sweptMs = Math.max(sweptMs, atMs)
    analyser.packet(bytes, length, linkType, atMs)
  })
  const detail = await file.ended
  analyser.sweep(Infinity)
  parts.report({ ...source, state: 'down', detail })
  tellTally(parts, analyser, [])
}

function analyserOf({ settings, report }: CaptureParts, own: OwnAddresses): Analyser {
  return makeAnalyser({ settings, own, seed: randomWord() * 65_536 + randomWord(), report })
}

interface Live {
  readonly name: string
  readonly source: 'cap' | 'tcpdump'
  readonly own: OwnAddresses
}

function openLive(
  { settings, tools, clock, onWorn = nothing }: CaptureParts,
  live: Live,
  take: TakePacket,
): PacketSource {
  const filter = packetFilter(live.own.addresses, settings.torAddresses)
  const options = { interface: live.name, filter, clock }
  if (live.source === 'cap') return openCap({ ...options, onWorn }, take)
  return openTcpdump({ ...options, program: tools.tcpdump ?? 'tcpdump' }, take)
}

function nothing(): void {}

function tellTally(
  { report, reportsDropped }: CaptureParts,
  analyser: Analyser,
  kept: readonly KeptSource[],
): void {
  const dropped = kept.reduce((sum, one) => sum + one.dropped(), 0)
  report({ kind: 'capture-tally', ...analyser.tally(), dropped, reportsDropped: reportsDropped() })
}
