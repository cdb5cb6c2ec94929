import type { PlainTime } from './plain-time.ts'

/** What a category is called. */
interface CategoryWords {
  readonly title: string
  /** Completes "a device looked up ...". */
  readonly sentence: string
}

/** What presenting needs to know besides the facts. */
export interface Wording {
  readonly time: PlainTime
  readonly nowMs: number
  readonly category: (id: string) => CategoryWords
  /** The name that the school gave a box. */
  readonly boxName: (appliance: string) => string
}
