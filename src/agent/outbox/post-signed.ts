import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { type Failure, failure } from '#domain/failure.ts'
import { type ApplianceKey, signRequest } from '#platform/http-signing.ts'
import { proxyEnvironment } from '#platform/proxy-environment.ts'

export interface HttpAnswer {
  readonly status: number
  readonly body: string
}
export type PostFailure = Failure<'unreachable' | 'timeout' | 'answer-too-large' | 'closed'>

export interface PosterOptions {
  readonly collector: URL
  readonly key: ApplianceKey
  readonly timeoutMs: number
  readonly answerBytesMax: number
  readonly wallMs: () => number
}

/** Sends signed JSON to one collector over one kept connection; `HTTPS_PROXY` is honoured for https. */
export class Poster {
  readonly #options: PosterOptions
  readonly #agent: HttpAgent | HttpsAgent
  /** Breaks off the request that is under way. */
  #breakOff: ((reason: PostFailure) => void) | undefined

  constructor(options: PosterOptions) {
    this.#options = options
    const pool = { keepAlive: true, maxSockets: 1 }
    this.#agent =
      options.collector.protocol === 'https:'
        ? new HttpsAgent({ ...pool, proxyEnv: { ...proxyEnvironment() } })
        : new HttpAgent(pool)
  }

  /** One POST, signed now; one at a time. Never rejects. */
  post(path: string, body: string): Promise<HttpAnswer | PostFailure> {
    const { collector, key, timeoutMs, wallMs } = this.#options
    const url = new URL(path, collector)
    const headers = {
      ...signRequest(key, url, body, wallMs()),
      'content-length': Buffer.byteLength(body),
    }
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest
    return new Promise((resolve) => {
      const request = send(url, { method: 'POST', agent: this.#agent, headers })
      const finish = (outcome: HttpAnswer | PostFailure): void => {
        clearTimeout(timer)
        this.#breakOff = undefined
        resolve(outcome)
      }
      const breakOff = (reason: PostFailure): void => {
        finish(reason)
        request.destroy()
      }
      const late = failure('timeout', `the collector did not answer within ${timeoutMs / 1000} s`)
      const timer = setTimeout(() => breakOff(late), timeoutMs)
      this.#breakOff = breakOff
      request.on('error', (error) => finish(failureOf(error)))
      request.on('response', (answer) => {
        this.#read(answer).then(finish, (error) => finish(failureOf(error)))
      })
      request.end(body)
    })
  }

  /** Breaks off what is under way. */
  close(): void {
    this.#breakOff?.(failure('closed', 'the outbox is closing'))
    this.#agent.destroy()
  }

  async #read(answer: IncomingMessage): Promise<HttpAnswer | PostFailure> {
    const chunks: Buffer[] = []
    let bytes = 0
    for await (const chunk of answer) {
      const buffer = Buffer.from(chunk)
      bytes += buffer.length
      if (bytes > this.#options.answerBytesMax)
        return failure('answer-too-large', 'the collector answers with more than it may')
      chunks.push(buffer)
    }
    return { status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }
  }
}

function failureOf(error: unknown): PostFailure {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'no code'
  return failure('unreachable', `the collector cannot be reached (${code})`)
}
