import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'

export interface DnsperfOptions {
  readonly port: number
  /** Where the questions are written to. */
  readonly file: string
  readonly names: readonly string[]
  /** Runs through the file once when absent. */
  readonly seconds?: number
  /** Queries a second at the most. */
  readonly rate?: number
}

export interface DnsperfResult {
  readonly sent: number
  readonly completed: number
  readonly lost: number
  readonly perSecond: number
  readonly meanLatencyMs: number
}

/** Runs dnsperf (Debian package of that name) with 10 clients and at most 100 questions under way. */
export async function runDnsperf(options: DnsperfOptions): Promise<DnsperfResult> {
  const { port, file, names, seconds, rate } = options
  writeFileSync(file, names.map((name) => `${name} A\n`).join(''))
  const words = ['-s', '127.0.0.1', '-p', String(port), '-d', file, '-c', '10', '-q', '100']
  if (seconds !== undefined) words.push('-l', String(seconds))
  if (rate !== undefined) words.push('-Q', String(rate))
  const text = await run('dnsperf', words)
  const figure = (pattern: RegExp): number => Number(pattern.exec(text)?.[1] ?? Number.NaN)
  return {
    sent: figure(/Queries sent:\s+(\d+)/),
    completed: figure(/Queries completed:\s+(\d+)/),
    lost: figure(/Queries lost:\s+(\d+)/),
    perSecond: figure(/Queries per second:\s+([\d.]+)/),
    meanLatencyMs: figure(/Average Latency \(s\):\s+([\d.]+)/) * 1000,
  }
}

function run(program: string, words: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] })
    let text = ''
    child.stdout.on('data', (part) => (text += String(part)))
    child.stderr.on('data', (part) => (text += String(part)))
    child.once('error', reject)
    child.once('close', (code) =>
      code === 0 ? resolve(text) : reject(new Error(`${program} ended with ${code}: ${text}`)),
    )
  })
}
