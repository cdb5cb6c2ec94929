/**
 * Counts expressions by the name that they hang on, so that no name can have more than so many above it. One that is taken back
 * still counts.
 */
export class ExpressionPlaces {
  readonly #own = new Map<string, number>()
  /** The most that are on any way from a name down, its own included. */
  readonly #below = new Map<string, number>()
  #count = 0

  /** Of the whole index. */
  get count(): number {
    return this.#count
  }

  /** How many a name would have above it, at most, with one more on this one; a name in presentation form. */
  withOneMore(name: string): number {
    const above = parentsOf(name).reduce((sum, one) => sum + (this.#own.get(one) ?? 0), 0)
    return above + (this.#below.get(name) ?? 0) + 1
  }

  add(name: string): void {
    this.#count += 1
    this.#own.set(name, (this.#own.get(name) ?? 0) + 1)
    let below = (this.#below.get(name) ?? 0) + 1
    this.#below.set(name, below)
    for (const parent of parentsOf(name)) {
      below = Math.max(this.#below.get(parent) ?? 0, (this.#own.get(parent) ?? 0) + below)
      this.#below.set(parent, below)
    }
  }
}

/** The nearest first, the root last. */
function parentsOf(name: string): readonly string[] {
  if (name === '.') return []
  const labels = name.split('.')
  return [...labels.slice(1).map((_, i) => labels.slice(i + 1).join('.')), '.']
}
