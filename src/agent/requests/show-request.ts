import { localText } from '#rules/local-time.ts'
import type { Zone } from '#rules/zone.ts'
import type { ShownRequest } from '../control/control-api.ts'
import type { UnblockRequest } from './unblock-request.ts'

/** A request for school IT: the mark that knows its asker again stays here. */
export function showRequest(request: UnblockRequest, zone: Zone): ShownRequest {
  const { reference, group, name, category, why, lesson, minutes, count, closed } = request
  return {
    reference,
    group,
    name,
    ...(category === undefined ? {} : { category }),
    why,
    ...(lesson === undefined ? {} : { lesson }),
    ...(minutes === undefined ? {} : { minutes }),
    count,
    firstAt: localText(zone, request.firstAt),
    lastAt: localText(zone, request.lastAt),
    ...(closed ? { closed: { ...closed, at: localText(zone, closed.at) } } : {}),
  }
}
