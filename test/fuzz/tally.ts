/** Violations told in words; the rest are only counted. */
const TOLD_MAX = 20

/** What a run has seen. Shared by everything that sends. */
export class Tally {
  packetsUdp = 0
  packetsTcp = 0
  silent = 0
  readonly rcodes: Map<number, number> = new Map()
  violations = 0
  readonly told: string[] = []

  answered(rcode: number): void {
    this.rcodes.set(rcode, (this.rcodes.get(rcode) ?? 0) + 1)
  }

  violation(text: string): void {
    this.violations++
    if (this.told.length < TOLD_MAX) this.told.push(text)
  }

  /** A violation that explains the others, so it is told before them. */
  first(text: string): void {
    this.violations++
    this.told.unshift(text)
  }

  rcodeLine(): string {
    const byRcode = [...this.rcodes].toSorted(([a], [b]) => a - b)
    return byRcode.map(([rcode, count]) => `${RCODES[rcode] ?? rcode} ${count}`).join(', ')
  }
}

const RCODES = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED']
