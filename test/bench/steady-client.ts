import { execFileSync, spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { encode } from 'dns-packet'
import { type Failure, failure } from '#domain/failure.ts'

const SOURCE = join(import.meta.dirname, 'steady-client.c')
const UNANSWERED = 0xffff_ffff

/** What became of the questions that were due within a time. */
export interface Latencies {
  readonly asked: number
  /** No answer within five seconds. */
  readonly lost: number
  /** A lost question counts as the longest. */
  readonly p50Ms: number
  readonly p99Ms: number
  readonly p999Ms: number
  readonly maxMs: number
}

export interface SteadyRun {
  /** Answers that were neither NOERROR nor NXDOMAIN. */
  readonly oddRcodes: number
  /** Of questions due between two moments of `Date.now()`. */
  readonly between: (fromMs: number, toMs: number) => Latencies
}

export interface SteadyClient {
  /** No more questions; resolves when their answers are in or five seconds are over. */
  readonly end: () => Promise<SteadyRun>
}

export interface SteadyOptions {
  /** The compiled client. */
  readonly program: string
  readonly folder: string
  readonly port: number
  readonly perSecond: number
  readonly secondsMax: number
  readonly names: readonly string[]
}

/** Compiles the client (see its source for why it is one in C), or says why not. */
export function compileSteadyClient(folder: string): string | Failure<'no-compiler'> {
  const program = join(folder, 'steady-client')
  try {
    execFileSync('cc', ['-O2', '-o', program, SOURCE], { stdio: 'pipe' })
    return program
  } catch (error) {
    return failure('no-compiler', error instanceof Error ? error.message : String(error))
  }
}

/** Begins to ask, and goes on until told. */
export async function startSteadyClient(options: SteadyOptions): Promise<SteadyClient> {
  const { program, folder, port, perSecond, secondsMax, names } = options
  const questions = join(folder, 'steady-questions')
  const samples = join(folder, 'steady-samples')
  writeFileSync(questions, Buffer.concat(names.flatMap(message)))
  const child = spawn(program, [port, perSecond, secondsMax, questions, samples].map(String), {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()))
  await new Promise<void>((resolve) => {
    child.stdout.on('data', (part) => {
      said += String(part)
      resolve()
    })
    child.once('close', () => resolve())
  })
  return {
    end: async () => {
      child.kill('SIGTERM')
      await closed
      const [startMicros = 0, oddRcodes = 0] = said.trim().split('\n').map(Number)
      const words = wordsOf(readFileSync(samples))
      return {
        oddRcodes,
        between: (fromMs, toMs) =>
          latenciesOf(words, fromMs * 1000 - startMicros, toMs * 1000 - startMicros),
      }
    },
  }
}

function message(name: string): readonly Buffer[] {
  const questions = [{ type: 'A', name } as const]
  const bytes = encode({ type: 'query', id: 0, flags: 0x0100, questions })
  return [Buffer.of(bytes.length >> 8, bytes.length & 0xff), bytes]
}

function wordsOf(bytes: Buffer): Uint32Array {
  return new Uint32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))
}

function latenciesOf(samples: Uint32Array, fromMicros: number, toMicros: number): Latencies {
  const found: number[] = []
  let lost = 0
  for (let i = 0; i < samples.length; i += 2) {
    const due = samples[i] ?? 0
    if (due < fromMicros || due >= toMicros) continue
    const late = samples[i + 1] ?? UNANSWERED
    if (late === UNANSWERED) lost += 1
    found.push(late)
  }
  const sorted = Uint32Array.from(found).toSorted()
  const at = (share: number): number => {
    const micros = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
    return micros === UNANSWERED ? Number.POSITIVE_INFINITY : micros / 1000
  }
  return {
    asked: sorted.length,
    lost,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    p999Ms: at(0.999),
    maxMs: at(1),
  }
}
