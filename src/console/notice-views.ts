import type { ShownTime } from './present/plain-time.ts'

/** Where the viewer's own browsers are told of alerts. */
export interface NoticesView {
  readonly view: 'notices'
  /** Alerts may be assigned to whoever looks, who is told of these alone. */
  readonly isAssignee: boolean
  /** There is a file of the people. */
  readonly hasPeople: boolean
  /** The viewer's name in that file; undefined where their e-mail address does not stand in it. */
  readonly person: string | undefined
  readonly email: string
  readonly places: readonly {
    readonly removeHref: string
    readonly label: string
    /** The push service that carries what is told. */
    readonly service: string
    readonly added: ShownTime
  }[]
  /** Base64url. */
  readonly pushKey: string
  readonly problem: string | undefined
}
