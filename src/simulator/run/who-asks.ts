/** Whom an address stands for in the simulated school, as an agent knows it whose configuration names devices and their owners. */

import { DEVICE_CONFIDENCE } from '#agent/identity/confidence-rules.ts'
import type { EventClient } from '#domain/event.ts'
import type { Device, School } from '../school/school.ts'

export function makeWhoAsks(school: School): (client: string) => EventClient {
  const known = new Map(school.devices.map((device) => [device.address, clientOf(device)]))
  return (client) => known.get(client) ?? { address: client }
}

function clientOf({ address, name, owner }: Device): EventClient {
  const { configured } = DEVICE_CONFIDENCE
  return {
    address,
    device: name,
    ...(owner && { user: owner.user }),
    confidence: configured,
    source: 'configured',
  }
}
