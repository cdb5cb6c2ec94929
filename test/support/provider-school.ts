/** A school that has a provider to sign in at, which lies when it is told to, and how a browser goes there and comes back. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import type { CollectorLimits } from '#collector/config/collector-limits.ts'
import { CLIENT, type Lie, type LyingProvider, startLyingProvider } from './lying-provider.ts'
import { cookieOf, makePerson, type Person } from './people.ts'
import { postForm } from './post-form.ts'
import { type RunningCollector, runCollector } from './running-collector.ts'
import { shortFolder } from './short-folder.ts'

export const ADA = { sub: 'subject-of-ada', email: 'ada@school.test' }

export interface School {
  readonly collector: RunningCollector
  readonly provider: LyingProvider
  readonly lead: Person
}

export async function school(t: Test, limits: Partial<CollectorLimits> = {}): Promise<School> {
  const provider = await startLyingProvider()
  t.teardown(() => provider.close())
  const folder = shortFolder(t)
  const secretFile = join(folder, 'secret')
  writeFileSync(secretFile, `${CLIENT.secret}\n`)
  const collector = await runCollector(folder, {
    provider: { issuer: provider.issuer, clientId: CLIENT.id, secretFile, claim: 'sub' },
    limits: { guessesPerAddressMax: 1000, ...limits },
  })
  t.teardown(() => collector.close())
  const lead = await makePerson(collector, { roles: ['dsl'], email: ADA.email })
  return { collector, provider, lead }
}

interface Journey {
  /** Where the browser is sent. */
  readonly to: string
  /** The browser's mark of it, as a Cookie header. */
  readonly cookie: string
}

export async function begin(
  collector: RunningCollector,
  path = '/sign-in/provider',
  cookie = '',
): Promise<Journey> {
  const answer = await collector.page(path, cookie)
  return { to: answer.headers.get('location') ?? '', cookie: cookieOf(answer, 'edge-journey') }
}

export function arrive(back: string, { cookie }: Journey): Promise<Response> {
  return fetch(back, { headers: { cookie }, redirect: 'manual' })
}

/** Links as an owner does: there, back, and a yes. */
export async function link(
  { collector, provider }: School,
  person: Person,
  who: typeof ADA = ADA,
): Promise<number> {
  const journey = await begin(collector, '/ways-in/provider', person.cookie)
  const came = await arrive(provider.comeBack(journey.to, who), journey)
  const cookie = `${person.cookie}; ${cookieOf(came, 'edge-journey')}`
  return (await postForm(`${collector.consoleUrl}/ways-in/provider`, {}, { cookie })).status
}

export async function failuresOf({ collector, lead }: School): Promise<readonly string[]> {
  const html = await (await collector.page('/audit', lead.cookie)).text()
  const text = html.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ')
  return [...text.matchAll(/Failed to sign in provider: (.*?) 127\.0\.0\.1/g)].map(
    ([, why = '']) => why,
  )
}

const now = Math.floor(Date.now() / 1000)
/** None of which anybody may believe. */
export const LIES: Readonly<Record<string, Lie>> = {
  'another issuer': { claims: { iss: 'https://evil.test' } },
  'no issuer': { claims: { iss: undefined } },
  'another audience': { claims: { aud: 'another-client' } },
  'an audience among others, for another': {
    claims: { aud: [CLIENT.id, 'another'], azp: 'another' },
  },
  'another nonce': { claims: { nonce: 'another' } },
  'no nonce': { claims: { nonce: undefined } },
  'it ended': { claims: { exp: now - 600, iat: now - 900 } },
  'no end': { claims: { exp: undefined } },
  'no subject': { claims: { sub: undefined } },
  'an empty subject': { claims: { sub: '' } },
  'a subject that is no text': { claims: { sub: 7 } },
  unsigned: { alg: 'none' },
  'signed with the public key as if it were a secret': { alg: 'HS256' },
  'signed by another key': { isForeignKey: true },
  'no token': { hasNoToken: true },
  'another state': { answer: { state: 'another' } },
  'no state': { answer: { state: undefined } },
  'an answer of another provider (mix-up)': { answer: { iss: 'https://other.test' } },
  'an answer that does not say whose': { answer: { iss: undefined } },
  'another code': { answer: { code: 'made-up' } },
  'no code': { answer: { code: undefined } },
  'a refusal': {
    answer: { code: undefined, error: 'access_denied', error_description: '<script>' },
  },
}
