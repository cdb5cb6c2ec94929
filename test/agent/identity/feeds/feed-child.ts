/**
 * Sources of sightings in a process of their own, for a network namespace: what they tell goes to standard output, a line of JSON each;
 * a line on standard input is an address to look for, or `readings`.
 */
import { createInterface } from 'node:readline'
import { startNames } from '#agent/identity/feeds/names/start-names.ts'
import { startNeighbours } from '#agent/identity/feeds/neighbours/start-neighbours.ts'
import { failure } from '#domain/failure.ts'
import { systemClock } from '#platform/clock.ts'

const say = (value: unknown): void => {
  process.stdout.write(`${JSON.stringify(value)}\n`)
}
const [what = '', ipProgram = 'ip'] = process.argv.slice(2)
const parts = {
  clock: systemClock,
  log: { info: () => undefined, warn: () => undefined },
  faults: { add: (_: string, fault: string) => say({ fault }) },
  tell: say,
}

if (what === 'neighbours') {
  const feed = startNeighbours({ neighbours: true }, { ...parts, ipProgram })
  createInterface({ input: process.stdin }).on('line', (line) => {
    if (line === 'readings') say({ readings: feed.readings() })
    if (line === 'off') feed.use({ neighbours: false })
  })
} else {
  const identity = {
    devices: [],
    users: new Map(),
    memberOf: new Map(),
    ownersFile: undefined,
    leases: [],
    neighbours: false,
    names: { reverse: false, mdns: true },
    radius: undefined,
    forwarders: [],
    directory: undefined,
  }
  const ask = () => Promise.resolve(failure('none', 'nobody to ask'))
  const config = { identity, zones: [], upstreams: [], recursor: undefined }
  const feed = startNames(config, { ...parts, ask })
  createInterface({ input: process.stdin }).on('line', (line) => {
    if (line === 'readings') say({ readings: feed.readings() })
    else feed.want(line)
  })
}
say({ ready: true })
