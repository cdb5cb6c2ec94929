/** What it costs on the answering thread to know whose policy counts. */
import type { Assignment } from '#agent/identity/assignment.ts'
import { ClientTable } from '#agent/identity/client-table.ts'
import { Query } from '#agent/query.ts'
import { parseCidr } from '#domain/ip-address.ts'
import { compileView } from '#rules/policy-view.ts'
import { makePolicy, makeRules } from '#test/support/test-rules.ts'

const CLIENTS = 1_000
const LOOKUPS = 3_000_000
const ROUNDS = 5

/** Nanoseconds of CPU a look-up, the median of some rounds, with so many of 1,000 clients in another group than their network's. */
export function clientLookupNs(assignedClients: number): number {
  const network = parseCidr('10.0.0.0/8')
  if (!network) throw new Error('no network')
  const rules = makeRules([['a.test', 'adult.porn']])
  const views = new Map(
    ['ks3', 'staff'].map((group) => [group, compileView(rules, makePolicy(group))]),
  )
  const addresses = Array.from({ length: CLIENTS }, (_, i) => `10.1.${i >> 8}.${i & 255}`)
  const staff: Assignment = { group: 'staff', mac: undefined }
  const table = new ClientTable({
    networks: [{ network, group: 'ks3' }],
    views,
    strictestGroup: 'ks3',
    assigned: new Map(addresses.slice(0, assignedClients).map((address) => [address, staff])),
  })
  const queries = addresses.map((address) => {
    const query = new Query()
    query.begin('udp', address)
    return query
  })
  const rounds = Array.from({ length: ROUNDS }, () => {
    const before = process.cpuUsage()
    for (let i = 0; i < LOOKUPS; i++) {
      const query = queries[i % CLIENTS]
      if (!query || !table.of(query)) throw new Error('nobody')
    }
    const { user, system } = process.cpuUsage(before)
    return ((user + system) * 1000) / LOOKUPS
  })
  return rounds.toSorted((a, b) => a - b)[ROUNDS >> 1] ?? 0
}
