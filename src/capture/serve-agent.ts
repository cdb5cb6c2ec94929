/** The capture process as the agent has it: settings come first, reports go back, and when the agent goes this goes. */
import type { Duplex, Readable, Writable } from 'node:stream'
import { CAPTURE_SETTINGS_LIMITS, type CaptureSettings } from '#domain/capture-settings.ts'
import { type Failure, failure, isFailure } from '#domain/failure.ts'
import type { CaptureTools } from '#platform/capture-tools.ts'
import type { Clock } from '#platform/clock.ts'
import { frameOf, makeFrameReader } from '#platform/frames.ts'
import { type Capture, startCapturing } from './capture.ts'
import { readSettings } from './read-settings.ts'
import { makeReportPipe } from './report-pipe.ts'

/** How long the agent may take to say what is wanted. */
const SETTINGS_MS = 10_000

export interface AgentStreams {
  readonly input: Readable | Duplex
  readonly output: Writable | Duplex
}

/** Resolves when the agent has gone, or `stop` has; a failure where this cannot capture as it is set up. */
export async function serveAgent(
  { input, output }: AgentStreams,
  world: { readonly clock: Clock; readonly tools: CaptureTools; readonly stop: Promise<void> },
): Promise<Failure | undefined> {
  const gone = Promise.withResolvers<void>()
  const settled = Promise.withResolvers<CaptureSettings | Failure>()
  const read = makeFrameReader(CAPTURE_SETTINGS_LIMITS.bytes, {
    onFrame: (value) =>
      settled.resolve(
        readSettings(value) ?? failure('bad-settings', 'the first frame holds no settings'),
      ),
    onBroken: (why) => settled.resolve(failure('bad-settings', why)),
  })
  input.on('data', (part: Buffer) => read(part))
  for (const stream of [input, output])
    for (const event of ['end', 'close', 'error']) stream.on(event, () => gone.resolve())
  const late = setTimeout(
    () => settled.resolve(failure('bad-settings', 'the agent has sent no settings')),
    SETTINGS_MS,
  )
  const worn = Promise.withResolvers<void>()
  const over = Promise.race([gone.promise, world.stop, worn.promise])
  const settings = await Promise.race([settled.promise, over])
  clearTimeout(late)
  if (settings === undefined) return undefined
  if (isFailure(settings)) return settings
  const pipe = makeReportPipe(output, frameOf)
  const capture: Capture | Failure = startCapturing({
    ...world,
    settings,
    report: pipe.tell,
    reportsDropped: pipe.dropped,
    onWorn: () => worn.resolve(),
  })
  if (isFailure(capture)) return capture
  await over
  await capture.close()
  return undefined
}
