/** Somebody asks for a blocked page. Each time the same client asks again is a revision. No name or address of a person. */
export interface UnblockRequested {
  readonly kind: 'unblock-requested'
  /** The reference that the asker was shown. */
  readonly request: string
  readonly group: string
  /** Presentation form; hostile text, as are `why` and `lesson`. */
  readonly name: string
  readonly category?: string
  /** Title of the list that blocks it; absent where none does, and of boxes that do not tell. Hostile text. */
  readonly list?: string
  readonly why: string
  readonly lesson?: string
  /** For how long it is wanted. */
  readonly minutes?: number
  readonly count: number
}

export interface UnblockClosed {
  readonly kind: 'unblock-closed'
  readonly request: string
  readonly who: string
  /** Shown to whoever asked. */
  readonly answer: string
}
