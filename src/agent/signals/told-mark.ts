/** What a thread remembers of a client whose lookups it tells to the signal worker. */
export interface ToldMark {
  /** Its number in the ring, and the ticket by which it is still its own: see `ObservedWriter`. */
  slot: number
  ticket: number
  /** In which second so many of its lookups were told: those that are watched, and all others. */
  second: number
  watched: number
  others: number
}

export function newToldMark(): ToldMark {
  return { slot: -1, ticket: 0, second: -1, watched: 0, others: 0 }
}
