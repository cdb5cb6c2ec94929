import { z } from 'zod'
import { type Failure, failure } from '#domain/failure.ts'
import type { Refusal } from '../metrics/collector-metrics.ts'
import type { Signer } from './authenticate.ts'
import { deviceSchema } from './device-schema.ts'
import type { IngestDeps } from './ingest-routes.ts'

const DETAIL_MAX = 1000

/** Checks one part of what a box tells of devices and keeps it. Nothing of it is logged: it is personal data. */
export async function takeDevices(
  { enrolment: { tenant, appliance } }: Signer,
  body: unknown,
  { store, clock, metrics, publish }: IngestDeps,
): Promise<void | Failure<Refusal>> {
  const receivedAt = clock.wallMs()
  const parsed = deviceSchema.safeParse(body)
  if (!parsed.success) {
    const detail = z.prettifyError(parsed.error).slice(0, DETAIL_MAX)
    const fault = `What it tells of devices was refused: ${detail}`
    await store.noteFault(
      { tenant, appliance },
      { kind: 'malformed-devices', subject: 'devices', detail: fault },
      receivedAt,
    )
    publish({ kind: 'appliance', id: appliance })
    return failure('malformed', detail)
  }
  const report = parsed.data
  if (report.appliance !== appliance)
    return failure('other-appliance', 'devices are of another appliance than their signature')
  const outcome = await store.takeDevices({ tenant, appliance }, report, receivedAt)
  if (outcome === 'out-of-step')
    return failure('out-of-step', 'this part follows nothing that is here: begin a new series')
  if (outcome === 'too-many')
    return failure('too-large', 'more devices than one appliance may have here')
  metrics.devicesStored()
  if (outcome === 'shown') publish({ kind: 'devices', id: appliance })
  return undefined
}
