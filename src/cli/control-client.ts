import { request } from 'node:http'
import { type Failure, failure, isFailure } from '#domain/failure.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { printable } from './terminal-text.ts'

const TIMEOUT_MS = 10_000
/** Of all lists with all the refused lines that are told at a time, whatever stands in these. */
const REPLY_BYTES_MAX = 67_108_864

export interface Question {
  /** Path of the Unix socket. */
  readonly socket: string
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body?: object
  readonly timeoutMs?: number
}

/** Why there is no answer: nobody there, or somebody who says no. */
export type NoAnswer = Failure<'unreachable' | 'bad-request' | 'refused' | 'faulty'>

/** Asks an agent or a collector on this machine over its control socket. Never rejects. */
export async function ask(question: Question): Promise<{ readonly reply: unknown } | NoAnswer> {
  const got = await exchange(question)
  if (isFailure(got)) return got
  const reply = parseJson(got.text)
  if (reply === undefined) return failure('faulty', 'the answer is not JSON')
  if (got.status === 200) return { reply }
  const detail = isFailure(reply) ? reply.detail : `it answered with ${got.status}`
  if (got.status === 400) return failure('bad-request', detail)
  return failure(got.status < 500 ? 'refused' : 'faulty', detail)
}

/** What a command exits with when it got no answer. */
export function exitOf({ failure: kind }: NoAnswer): ExitCode {
  if (kind === 'unreachable') return EXIT.unreachable
  if (kind === 'bad-request') return EXIT.usage
  return kind === 'refused' ? EXIT.refused : EXIT.foundWrong
}

/** One line about a missing answer. */
export function whyNot(who: string, { failure: kind, detail }: NoAnswer): string {
  if (kind === 'unreachable') return `cannot reach the ${who}: ${printable(detail)}`
  if (kind === 'faulty') return `the ${who} could not answer: ${printable(detail)}`
  return `the ${who} refused: ${printable(detail)}`
}

function exchange(
  question: Question,
): Promise<{ status: number; text: string } | Failure<'unreachable' | 'faulty'>> {
  const { socket, method, path, body, timeoutMs = TIMEOUT_MS } = question
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(timeoutMs)
    const asked = request(
      { socketPath: socket, method, path, signal, agent: false },
      (response) => {
        const parts: Buffer[] = []
        let bytes = 0
        response.on('data', (part: Buffer) => {
          bytes += part.length
          if (bytes <= REPLY_BYTES_MAX) parts.push(part)
          else asked.destroy(new Error('the answer is too long'))
        })
        response.on('error', (error) => resolve(failure('faulty', error.message)))
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            text: Buffer.concat(parts).toString('utf8'),
          }),
        )
      },
    )
    asked.on('error', (error) => resolve(failure('unreachable', whyUnreachable(error, socket))))
    asked.setHeader('content-type', 'application/json')
    asked.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

function whyUnreachable(error: Error, socket: string): string {
  const code = 'code' in error ? String(error.code) : ''
  if (code === 'ENOENT')
    return `nothing runs on this state folder (no ${socket}); is --state right?`
  if (code === 'ECONNREFUSED') return `it does not run any more (${socket} is left over)`
  if (code === 'EACCES') return `${socket} belongs to another user; try with sudo`
  if (error.name === 'TimeoutError' || code === 'ABORT_ERR') return 'it did not answer in time'
  return error.message
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
