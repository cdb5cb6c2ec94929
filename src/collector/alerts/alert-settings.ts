import type { AlertLimits } from '../config/alert-limits.ts'

/** What the desk is told at the start. */
export interface AlertSettings {
  readonly limits: AlertLimits
  /** User names of heads, whose own alerts are the chair's. */
  readonly heads: readonly string[]
  /** What comes is made by a simulator: every figure made of it says so. */
  readonly isSimulated: boolean
}
