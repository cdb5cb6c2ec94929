import type { Clock } from '#platform/clock.ts'
import type { Log } from '#platform/log.ts'
import type { Sqlite } from '#platform/sqlite.ts'
import type { CollectorLimits } from './config/collector-limits.ts'
import type { CollectorOptions } from './config/collector-options.ts'
import { makePasskeys, type Passkeys } from './passkeys/passkeys.ts'
import { makeProvider, type Provider } from './provider/provider.ts'
import { readProviderSettings } from './provider/provider-settings.ts'
import { type LockOut, makeLockOut } from './sign-in/lock-out.ts'

/** By what people sign in without a password. */
interface WaysIn {
  readonly passkeys: Passkeys
  /** Undefined where the school has none. */
  readonly provider: Provider | undefined
  /** Counts what was wrong, by address. */
  readonly guesses: LockOut
}

/** Throws `CollectorError` where the provider's options cannot be used. */
export function startWaysIn(
  { provider: given }: Pick<CollectorOptions, 'provider'>,
  parts: {
    readonly db: Sqlite
    readonly tenant: string
    readonly clock: Clock
    readonly limits: CollectorLimits
    readonly log: Log
  },
): WaysIn {
  const { clock, limits } = parts
  const bounds = {
    ...limits,
    guessesMax: limits.strangerGuessesMax,
    guessAddressesMax: limits.guessKeysMax,
  }
  const provider = given && makeProvider({ ...parts, settings: readProviderSettings(given) })
  return { passkeys: makePasskeys(parts), provider, guesses: makeLockOut(clock, bounds) }
}
