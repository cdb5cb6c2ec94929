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
  /** Rules on networks of one list. */
  readonly networksPerListMax: number
  /** Regular expressions of one index: each is compiled anew whenever the index is opened. */
  readonly expressionsMax: number
  /** Of them, those that one name can have to be compared with: all that hang on it and on its parents. */
  readonly expressionsPerNameMax: number
}

/** 20 M nodes are about 600 MB: far more than a school's lists, and less than would harm the machine. */
export const INDEX_LIMITS: IndexLimits = {
  nodesMax: 20_000_000,
  refusedKeptMax: 100,
  refusedTextMax: 200,
  specialRulesMax: 8_192,
  conditionsPerNameMax: 128,
  networksPerListMax: 65_536,
  expressionsMax: 512,
  // 48 times 255 characters take some 50 us.
  expressionsPerNameMax: 48,
}
