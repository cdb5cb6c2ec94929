import { plainText } from '#console/present/plain-text.ts'
import type { ShownTime } from '#console/present/plain-time.ts'
import type { View } from '#console/views.ts'
import { type Failure, isFailure } from '#domain/failure.ts'
import type { Viewer } from '../accounts/viewer.ts'
import type { PasskeyPlace } from '../passkeys/passkey-place.ts'
import type { PageContext } from './page-context.ts'

export interface WaysInAsked {
  /** Where passkeys can be made, or why not on this page. */
  readonly place: PasskeyPlace | Failure
  /** Why the last form was refused, in words. */
  readonly problem: string | undefined
}

/** The ways into an account beside its password; undefined for the one-time code alone. */
export function waysInPage(
  { accounts, passkeys, provider, clock, limits, time }: PageContext,
  { account }: Viewer,
  { place, problem }: WaysInAsked,
): View | undefined {
  if (account === undefined) return undefined
  const nowMs = clock.wallMs()
  const link = provider?.linkOf(account.id)
  const timeOf = (ms: number | null): ShownTime | undefined =>
    ms === null ? undefined : time.at(ms, nowMs)
  const here = isFailure(place) ? undefined : place.rpId
  return {
    view: 'ways-in',
    problem,
    hasPassword: accounts.hasPassword(account.id),
    passkeys: passkeys.of(account.id).map(({ id, rpId, name, addedAt, usedAt }) => ({
      id,
      name: plainText(name, limits.passkeyNameMax),
      elsewhere: rpId === here ? undefined : rpId,
      added: time.at(addedAt, nowMs),
      used: timeOf(usedAt),
    })),
    passkeysOff: isFailure(place) ? place.detail : undefined,
    nameMax: limits.passkeyNameMax,
    provider: provider && {
      host: provider.host,
      link: link && {
        label: plainText(link.label, 100),
        added: time.at(link.addedAt, nowMs),
        used: timeOf(link.usedAt),
      },
    },
  }
}
