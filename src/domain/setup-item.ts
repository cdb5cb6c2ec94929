/** `done`, `to-do`: works, and something of use is missing; `wrong`: does not do what it is for. */
export const SETUP_STATES = ['done', 'to-do', 'wrong'] as const
export type SetupState = (typeof SETUP_STATES)[number]

/** What is told of one box, at most. */
export const SETUP_ITEMS_MAX = 200
/** Characters of one sentence. */
export const SETUP_TEXT_MAX = 500

/** One thing that belongs to setting a box up. */
export interface SetupItem {
  readonly item: string
  readonly state: SetupState
  /** One plain sentence. */
  readonly say: string
  /** What to do; empty where nothing is. */
  readonly remedy: string
}

/** What fits into a report: paths and faults of lists may be of any length. */
export function fitSetup(items: readonly SetupItem[]): readonly SetupItem[] {
  return items.slice(0, SETUP_ITEMS_MAX).map(({ say, remedy, ...rest }) => ({
    ...rest,
    say: say.slice(0, SETUP_TEXT_MAX),
    remedy: remedy.slice(0, SETUP_TEXT_MAX),
  }))
}
