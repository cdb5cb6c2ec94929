import type { ShownTime } from './present/plain-time.ts'
import type { Choice } from './views.ts'

/** Where a person's browsers are told of alerts. */
export interface NoticesView {
  readonly view: 'notices'
  /** Of the file of the people; empty where there is none. */
  readonly people: readonly Choice[]
  readonly places: readonly {
    readonly removeHref: string
    readonly person: string
    readonly label: string
    /** The push service that carries what is told. */
    readonly service: string
    readonly added: ShownTime
  }[]
  /** Base64url. */
  readonly pushKey: string
  readonly problem: string | undefined
}
