import { type Failure, failure } from '#domain/failure.ts'
import type { Role } from './role.ts'

/** Somebody who may sign in. Names are hostile text. */
export interface Account {
  readonly id: string
  /** Lower case; no two accounts have the same. */
  readonly email: string
  readonly name: string
  readonly roles: readonly Role[]
  /** User names, in lower case, whose alerts and events are never shown to it: own children, itself. */
  readonly hiddenUsers: readonly string[]
  /** Something opens it; until then it waits for its invitation to be taken. */
  readonly isReady: boolean
  readonly createdAt: number
}

/** What of a form about an account was wrong; each is the name of its field. */
export type AccountField =
  | 'name'
  | 'email'
  | 'roles'
  | 'code'
  | 'current'
  | 'password'
  | 'again'
  | 'users'

/** Why nothing was done to an account. */
export type AccountFailure = Failure<'not-valid' | 'unknown' | 'busy'> & {
  readonly field?: AccountField
}

/** That a field of a form cannot be used as it is. */
export function notValid(field: AccountField, detail: string): AccountFailure {
  return { ...failure('not-valid', detail), field }
}

/** By what its owner signs in. */
export interface Secrets {
  readonly password: string | undefined
  readonly totpSecret: Uint8Array | undefined
  /** The last step of the app's code that was used. */
  readonly totpStep: number
}
