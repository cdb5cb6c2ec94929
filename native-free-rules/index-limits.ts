/** Limits of one index; reaching one refuses the rule and says so. */
export interface IndexLimits {
  /** Nodes of the tree: names and the parents they hang on. */
  readonly nodesMax: number
  /** Refused lines kept of each list; all are counted. */
  readonly refusedKeptMax: number
  /** Characters kept of a refused line. */
  readonly refusedTextMax: number
  /** Rules with a condition or with local data of one list: each may need an entry of its own. */
  readonly specialRulesMax: number
  /** Rules with a condition on one name: all of them are looked at whenever a name below is asked. */
  readonly conditionsPerNameMax: number
}

/** 20 M nodes are about 600 MB: far more than a school's lists, and less than would harm the machine. */
export const INDEX_LIMITS: IndexLimits = {
  nodesMax: 20_000_000,
  refusedKeptMax: 100,
  refusedTextMax: 200,
  specialRulesMax: 8_192,
  conditionsPerNameMax: 128,
}
