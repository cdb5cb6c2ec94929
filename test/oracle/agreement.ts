/** Examples of disagreement that are kept. */
const KEPT_MAX = 10

/** How often two agreed. */
export class Agreement {
  agreed = 0
  differed = 0
  readonly examples: string[] = []

  get asked(): number {
    return this.agreed + this.differed
  }

  agree(): void {
    this.agreed += 1
  }

  differ(example: string): void {
    this.differed += 1
    if (this.examples.length < KEPT_MAX) this.examples.push(example)
  }
}
