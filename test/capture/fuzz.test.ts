/** 100,000 packets with bytes changed, cut and put together anew: none throws, and what is told of them keeps to its limits. */
import t from 'tap'
import { readReport } from '#agent/capture/report-schema.ts'
import { frameOf } from '#platform/frames.ts'
import { makeRandom, mutate } from '#test/support/mutated-packets.ts'
import { samplePackets } from '#test/support/sample-packets.ts'
import { watch } from './capture-support.ts'

const COUNT = 100_000
const SEED = 20_261_126

t.test(`${COUNT} mutated packets, seed ${SEED}`, (t) => {
  const random = makeRandom(SEED)
  const samples = samplePackets()
  const { packet, reports, tally } = watch()
  const links = [1, 1, 1, 113, 276, 101]
  for (let i = 0; i < COUNT; i++) {
    const bytes = mutate(samples, random)
    packet(bytes, bytes.length, links[i % links.length] ?? 1, i)
  }
  t.equal(tally().packets, COUNT)
  t.ok(tally().malformed > 1000)
  t.ok(reports.length > 1000, `${reports.length} reports`)
  const odd = reports.find((report) => !readReport(JSON.parse(JSON.stringify(report))))
  t.equal(odd, undefined, 'each is one that the agent takes')
  t.ok(Math.max(...reports.map((report) => frameOf(report).length)) < 2048)
  t.end()
})
