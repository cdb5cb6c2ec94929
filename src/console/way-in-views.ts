import type { ShownTime } from './present/plain-time.ts'

/** By what else than the password an account is opened, as its owner sees it. */
export interface WaysInView {
  readonly view: 'ways-in'
  readonly problem: string | undefined
  readonly hasPassword: boolean
  readonly passkeys: readonly {
    readonly id: string
    readonly name: string
    /** The name of the console that it was made for, where that is not this one. */
    readonly elsewhere: string | undefined
    readonly added: ShownTime
    readonly used: ShownTime | undefined
  }[]
  /** Why none can be made on this page. */
  readonly passkeysOff: string | undefined
  readonly nameMax: number
  /** The school's own sign-in, where it has one. */
  readonly provider:
    | {
        readonly host: string
        readonly link:
          | {
              readonly label: string
              readonly added: ShownTime
              readonly used: ShownTime | undefined
            }
          | undefined
      }
    | undefined
}

/** Whether an account is to be linked to whoever has just signed in at the provider. */
export interface ProviderLinkView {
  readonly view: 'provider-link'
  readonly host: string
  readonly label: string
  readonly email: string
}

/** Whether an account is to be given to whoever has just signed in at the provider, who came by its one-time link. */
export interface ProviderTakeView {
  readonly view: 'provider-take'
  readonly host: string
  readonly label: string
  readonly name: string
  readonly email: string
  /** The provider names the address that was invited, and does not vouch for it; else it vouches for another. */
  readonly isSame: boolean
}
