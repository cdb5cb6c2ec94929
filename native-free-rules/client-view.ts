import type { PolicyView } from './policy-view.ts'
import { RANK } from './precedence.ts'
import type { RuleIndex } from './rule-index.ts'

/**
 * A group's view as a client sees it whom lists have rules on: these rules cover every name that it asks for, and no other rule of
 * their lists says anything to it. `clientEntries` holds one entry a list, exceptions among them. Never throws.
 */
export function viewForClient(
  view: PolicyView,
  index: RuleIndex,
  clientEntries: readonly number[],
): PolicyView {
  const lists = new Set(clientEntries.map((id) => index.entries[id]?.list))
  const isSilent = Uint8Array.from(index.entries, ({ list }) => Number(lists.has(list)))
  const kept = <T>(all: readonly (T | undefined)[]): readonly (T | undefined)[] =>
    all.map((one, id) => (isSilent[id] === 1 ? undefined : one))
  return {
    ...view,
    ranks: view.ranks.map((rank, id) => (isSilent[id] === 1 ? RANK.none : rank)),
    verdicts: kept(view.verdicts),
    rewrites: kept(view.rewrites),
    localData: kept(view.localData),
    tcpOnly: view.tcpOnly.map((is, id) => (isSilent[id] === 1 ? 0 : is)),
    everyName: strongest(view, clientEntries),
    isTcpOnly: clientEntries.some((id) => view.tcpOnly[id] === 1),
  }
}

function strongest(
  { ranks, verdicts }: PolicyView,
  entries: readonly number[],
): PolicyView['everyName'] {
  let found: PolicyView['everyName']
  for (const id of entries) {
    const rank = ranks[id] ?? RANK.none
    const verdict = verdicts[id]
    if (verdict && rank > (found?.rank ?? RANK.none)) found = { rank, verdict }
  }
  return found
}
