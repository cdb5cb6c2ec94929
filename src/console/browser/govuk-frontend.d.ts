/** What we use of the components' script, which publishes no types. */
export const Button: unknown
export const ErrorSummary: unknown
export const SkipLink: unknown
export function createAll(component: unknown): void
