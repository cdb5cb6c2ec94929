import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Role } from '#collector/accounts/role.ts'
import { type Collector, type CollectorOptions, startCollector } from '#collector/main.ts'
import {
  type ClientOptions,
  type CollectorClient,
  makeCollectorClient,
} from './collector-client.ts'
import { makePerson } from './people.ts'

export interface RunningCollector extends Collector {
  readonly options: CollectorOptions
  readonly client: (options?: Partial<ClientOptions>) => CollectorClient
  /** Signs in somebody new who leads safeguarding and looks after the boxes; the value is a Cookie header. */
  readonly signIn: () => Promise<string>
  readonly signInAs: (...roles: readonly Role[]) => Promise<string>
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
  const signInAs = async (...roles: readonly Role[]): Promise<string> =>
    (await makePerson({ ...collector, options }, { roles })).cookie
  return {
    ...collector,
    options,
    signIn: () => signInAs('dsl', 'it'),
    signInAs,
    client: (own) => makeCollectorClient({ collectorUrl: consoleUrl, enrolledDir, ...own }),
    page: (path, cookie) =>
      fetch(new URL(path, consoleUrl), {
        headers: { cookie, accept: 'text/html' },
        redirect: 'manual',
      }),
  }
}
