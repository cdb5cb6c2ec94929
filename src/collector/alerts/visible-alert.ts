import { maySeeAlert } from '../accounts/scope.ts'
import type { Viewer } from '../accounts/viewer.ts'
import type { AlertReads } from './alert-reads.ts'
import type { AlertRecord } from './alert-record.ts'

type Counted = AlertRecord & { readonly events: number }

/** An alert that this viewer may see; undefined, too, where there is none. */
export function visibleAlert(
  reads: AlertReads,
  viewer: Viewer,
  asked: { readonly tenant: string; readonly id: string },
): Counted | undefined {
  const found = reads.alert(asked.tenant, asked.id)
  return found !== undefined && isVisible(reads, viewer, found) ? found : undefined
}

export function isVisible(reads: AlertReads, viewer: Viewer, alert: AlertRecord): boolean {
  const users = viewer.hiddenUsers.size === 0 ? [] : reads.usersOf(alert.tenant, alert.id)
  const isToldHead = viewer.rights.has('head') && reads.wasHeadTold(alert.tenant, alert.id)
  return maySeeAlert(viewer, alert, { users, isToldHead })
}
