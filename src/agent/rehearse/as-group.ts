import type { Cidr } from '#domain/ip-address.ts'
import type { PolicyView } from '#rules/policy-view.ts'
import type { ActivePolicy, PolicySlot } from '../active-policy.ts'
import { ClientTable } from '../identity/client-table.ts'

const EVERYWHERE: readonly Cidr[] = [
  { bytes: new Uint8Array(4), prefixLength: 0 },
  { bytes: new Uint8Array(16), prefixLength: 0 },
]

/**
 * The policy in force as if every client were of one group: stages that read it decide for that group. Follows every change of
 * the real one. A group that is not there makes everybody a stranger.
 */
export function asGroup(real: PolicySlot, group: string): PolicySlot {
  let made: { of: ActivePolicy; view: PolicyView | undefined; policy: ActivePolicy } | undefined
  return {
    get current(): ActivePolicy {
      const { current } = real
      const view = current.clients.viewOf(group)
      if (made?.of !== current || made.view !== view)
        made = { of: current, view, policy: { ...current, clients: tableOf(group, view) } }
      return made.policy
    },
  }
}

function tableOf(group: string, view: PolicyView | undefined): ClientTable {
  return new ClientTable({
    networks: EVERYWHERE.map((network) => ({ network, group })),
    views: new Map(view ? [[group, view]] : []),
    strictestGroup: group,
  })
}
