import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Collector, type CollectorOptions, startCollector } from '#collector/main.ts'
import {
  type ClientOptions,
  type CollectorClient,
  makeCollectorClient,
} from './collector-client.ts'

export interface RunningCollector extends Collector {
  readonly options: CollectorOptions
  readonly client: (options?: Partial<ClientOptions>) => CollectorClient
  /** Signs in with a fresh code; the value is a Cookie header. */
  readonly signIn: () => Promise<string>
  /** A page as someone signed in sees it. */
  readonly page: (path: string, cookie: string) => Promise<Response>
}

/** A real collector on loopback, with its files under `folder`. Close it yourself. */
export async function runCollector(
  folder: string,
  change: Partial<CollectorOptions> = {},
): Promise<RunningCollector> {
  const stateDir = join(folder, 'c')
  const enrolledDir = join(folder, 'enrolled')
  mkdirSync(stateDir, { recursive: true, mode: 0o700 })
  mkdirSync(enrolledDir, { recursive: true })
  const options: CollectorOptions = {
    stateDir,
    enrolledDir,
    console: { host: '127.0.0.1', port: 0 },
    metrics: { host: '127.0.0.1', port: 0 },
    publicHosts: [],
    logLevel: 'silent',
    ...change,
    limits: { enrolmentKnockMs: 0, enrolmentAgeMaxMs: 0, ...change.limits },
  }
  const collector = await startCollector(options)
  const { consoleUrl } = collector
  const signIn = async (): Promise<string> => {
    const answer = await postForm(`${consoleUrl}/sign-in`, { code: collector.newSignInCode() })
    return answer.headers.get('set-cookie')?.split(';', 1)[0] ?? ''
  }
  return {
    ...collector,
    options,
    signIn,
    client: (own) => makeCollectorClient({ collectorUrl: consoleUrl, enrolledDir, ...own }),
    page: (path, cookie) =>
      fetch(new URL(path, consoleUrl), {
        headers: { cookie, accept: 'text/html' },
        redirect: 'manual',
      }),
  }
}

/** A form as a browser of the same origin posts it; headers may be changed. */
export function postForm(
  url: string,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams(fields).toString(),
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      origin: new URL(url).origin,
      ...headers,
    },
  })
}
