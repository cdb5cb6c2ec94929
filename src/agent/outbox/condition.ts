/** How a part of the outbox fares, in words for people. */
export interface Condition {
  readonly state: 'ok' | 'failing' | 'off'
  readonly text: string
}
