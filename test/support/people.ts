/** People with accounts, who come by them as people do: a code, an invitation, an app, a password. */
import type { Role } from '#collector/accounts/role.ts'
import { totpCode } from '#collector/accounts/totp.ts'
import type { Collector, CollectorOptions } from '#collector/main.ts'
import { postForm } from './post-form.ts'

export const PASSWORD = 'three plain words'

export interface Person {
  readonly email: string
  /** Of a live session, as a Cookie header. */
  readonly cookie: string
  /** The mark of the browser, as a Cookie header. */
  readonly browser: string
  readonly secret: Uint8Array
  readonly recovery: readonly string[]
}

export interface PersonAsked {
  readonly roles: readonly Role[]
  readonly name?: string
  readonly email?: string
}

type Running = Pick<Collector, 'consoleUrl' | 'newSignInCode'> & {
  readonly options: CollectorOptions
}

let made = 0

/** Makes an account by a one-time code and takes it. */
export async function makePerson(collector: Running, asked: PersonAsked): Promise<Person> {
  made += 1
  const { roles, name = `Person ${made}`, email = `person-${made}@school.test` } = asked
  const by = await signInByCode(collector)
  const href = linkOf(await postRoles(collector, by, { name, email, roles }))
  return takeAccount(collector, href, email, by)
}

/** The session of the one-time code alone, as a Cookie header. */
export async function signInByCode(collector: Running): Promise<string> {
  const url = `${collector.consoleUrl}/sign-in`
  return cookieOf(await postForm(url, { code: collector.newSignInCode() }), 'edge-session')
}

/** Asks for an account; the answer has the link, or says why not. */
export async function postRoles(
  { consoleUrl }: Running,
  cookie: string,
  { name, email, roles }: Required<PersonAsked>,
  path = '/accounts',
): Promise<string> {
  const body = new URLSearchParams({ name, email })
  for (const role of roles) body.append('roles', role)
  const answer = await fetch(`${consoleUrl}${path}`, {
    method: 'POST',
    redirect: 'manual',
    body,
    headers: { cookie, origin: consoleUrl },
  })
  return `${answer.status} ${await answer.text()}`
}

export function linkOf(html: string): string {
  return /\/invite\/[\w-]{43}/.exec(html)?.[0] ?? '/invite/none'
}

/** Opens a link, sets the app and the password. */
export async function takeAccount(
  collector: Running,
  href: string,
  email: string,
  cookie = '',
): Promise<Person> {
  const url = `${collector.consoleUrl}${href}`
  const secret = secretOf(await (await fetch(url)).text())
  const code = appCode(collector, secret)
  const answer = await postForm(url, { code, password: PASSWORD, again: PASSWORD }, { cookie })
  const recovery = (await answer.text()).match(/(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}/g) ?? []
  const [session, browser] = [cookieOf(answer, 'edge-session'), cookieOf(answer, 'edge-browser')]
  return { email, cookie: session, browser, secret, recovery }
}

/** What the app shows now, by the collector's clock, or some steps from now. */
export function appCode({ options }: Running, secret: Uint8Array, steps = 0): string {
  return totpCode(secret, (options.clock?.wallMs() ?? Date.now()) + steps * 30_000)
}

/** Signs in with all three secrets, some of them changed. */
export function signInWith(
  collector: Running,
  person: Pick<Person, 'email'>,
  { code, password = PASSWORD, cookie = '' }: { code: string; password?: string; cookie?: string },
): Promise<Response> {
  const fields = { email: person.email, password, code }
  return postForm(`${collector.consoleUrl}/sign-in/account`, fields, { cookie })
}

export function cookieOf(answer: Response, name: string): string {
  const found = answer.headers.getSetCookie().find((one) => one.startsWith(`${name}=`))
  return found?.split(';', 1)[0] ?? ''
}

/** The key that an invitation shows, read as an app would (RFC 4648 section 6). */
export function secretOf(html: string): Uint8Array {
  const letters = /secret=([A-Z2-7]+)/.exec(html)?.[1] ?? ''
  const bits = [...letters]
    .map((one) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(one).toString(2).padStart(5, '0'))
    .join('')
  return Uint8Array.from(bits.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2))
}
