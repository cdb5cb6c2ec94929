import type { ShownTime } from './present/plain-time.ts'
import type { ProviderLinkView, ProviderTakeView, WaysInView } from './way-in-views.ts'

export interface SignInProblem {
  /** The field that the message leads to. */
  readonly field: 'code' | 'email' | 'passkey' | 'provider'
  readonly text: string
}

/** That a passkey may be shown here; undefined where there is none to show. */
export interface PasskeyOffer {
  /** Why not on this page, although there are some. */
  readonly off: string | undefined
}

interface SignInView {
  readonly view: 'sign-in'
  /** The page to go on to; undefined for the first one. */
  readonly to: string | undefined
  readonly problem: SignInProblem | undefined
  /** As it was typed before; empty at first. */
  readonly email: string
  /** Whether anybody has an account yet. */
  readonly hasAccounts: boolean
  readonly passkeys: PasskeyOffer | undefined
  /** The host of the school's own sign-in, where it has one. */
  readonly provider: string | undefined
}

/** Why a form was refused; `field` is the id of what it is about. */
export interface FieldProblem {
  readonly field: string
  readonly text: string
}

/** An account about to be taken by its one-time link. */
export interface InviteView {
  readonly view: 'invite'
  readonly action: string
  readonly name: string
  readonly email: string
  /** For an authenticator app, in groups of four. */
  readonly secret: string
  readonly appHref: string
  readonly lengthMin: number
  /** The host of the school's own sign-in, where it has one. */
  readonly provider: string | undefined
  readonly problem: FieldProblem | undefined
}

/** As the checkboxes component wants it. */
export interface RoleChoice {
  readonly value: string
  readonly text: string
  readonly hint: { readonly text: string }
  readonly checked: boolean
}

interface AccountsView {
  readonly view: 'accounts'
  readonly problem: FieldProblem | undefined
  /** What was typed for a new account that cannot be made yet. */
  readonly typed: { readonly name: string; readonly email: string }
  readonly roles: readonly RoleChoice[]
  readonly accounts: readonly {
    readonly href: string
    readonly name: string
    readonly email: string
    readonly roles: string
    /** Its link was taken. */
    readonly isReady: boolean
    readonly isOwn: boolean
    /** It has a role that is not the viewer's to give. */
    readonly isAbove: boolean
    readonly choices: readonly RoleChoice[]
    /** One a line. */
    readonly hiddenUsers: string
  }[]
}

interface OwnAccountView {
  readonly view: 'account'
  readonly problem: FieldProblem | undefined
  readonly name: string
  readonly email: string
  readonly roles: string
  readonly hiddenUsers: readonly string[]
  readonly hasPassword: boolean
  readonly recoveryLeft: number
  readonly passkeys: number
  readonly lengthMin: number
  readonly sessions: readonly {
    readonly id: string
    readonly isThis: boolean
    readonly address: string
    readonly begun: ShownTime
  }[]
}

export interface AuditView {
  readonly view: 'audit' | 'alert-changes'
  /** What came of walking the whole chain, where that was asked for. */
  readonly check: { readonly isWhole: boolean; readonly text: string } | undefined
  readonly checkHref: string
  /** Newest first. */
  readonly rows: readonly {
    readonly when: ShownTime
    readonly who: string
    readonly what: string
    readonly subject: string
    readonly address: string
  }[]
  readonly olderHref: string | undefined
}

/** Signing in, accounts, and the record of who looked. All strings are text, none is HTML. */
export type AccountView =
  | SignInView
  | InviteView
  /** Shown once. */
  | { readonly view: 'recovery'; readonly codes: readonly string[] }
  | {
      readonly view: 'prove'
      readonly to: string
      readonly problem: string | undefined
      /** Else the one-time code is asked for. Coming back from the provider nobody is signed in, so that it is not the frame's. */
      readonly byAccount: boolean
      readonly hasPassword: boolean
      readonly passkeys: PasskeyOffer | undefined
      /** The host of the school's own sign-in, where the account is linked to it. */
      readonly provider: string | undefined
    }
  /** By the school's own sign-in: the browser goes on by itself. */
  | { readonly view: 'proved'; readonly to: string }
  | AccountsView
  | {
      readonly view: 'account-link'
      readonly name: string
      readonly href: string
      readonly days: number
    }
  | OwnAccountView
  | WaysInView
  | ProviderLinkView
  | ProviderTakeView
  /** Somebody took their account by the school's own sign-in. */
  | { readonly view: 'provider-taken'; readonly host: string }
  /** Signed in at the provider: the browser goes on by itself. */
  /** On the way to a page of ours. */
  | { readonly view: 'passing'; readonly to: string }
  | { readonly view: 'arrived'; readonly to: string }
  | AuditView
