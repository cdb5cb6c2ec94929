/** Why a text is no list, and where. */
export interface TextFault {
  /** From 1. */
  readonly line: number
  readonly fault: string
}
