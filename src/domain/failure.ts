/**
 * An expected operational outcome that is not the wished one, as a value.
 * `kind` is stable and may be matched; `detail` is for people and never holds a pupil's data.
 */
export interface Failure<Kind extends string = string> {
  readonly failure: Kind
  readonly detail: string
}

/** Makes a failure value. Never throws. */
export function failure<Kind extends string>(kind: Kind, detail: string): Failure<Kind> {
  return { failure: kind, detail }
}

/** Tells a failure from a wished-for value. */
export function isFailure(value: unknown): value is Failure {
  return typeof value === 'object' && value !== null && 'failure' in value
}
