import { chmodSync, existsSync, readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { Enrolment } from '#domain/ingest.ts'
import { writeFileDurably } from '#platform/durable-file.ts'
import { type ApplianceKey, makeApplianceKey, readApplianceKey } from '#platform/http-signing.ts'
import { StateError, type StateFolder } from './state-folder.ts'

const OWNER_ONLY = 0o600
const NAME_CHARS_MAX = 64

/**
 * The appliance's key, made at the first start, and its enrolment with the collector of this machine. Both are left as
 * they are when they exist. Throws `StateError` when the key cannot be read: a new one would be another appliance.
 */
export function ensureAppliance(state: StateFolder): ApplianceKey {
  const key = ensureKey(state.applianceKey)
  const file = join(state.enrolled, `${key.appliance}.json`)
  if (!existsSync(file)) {
    const enrolment: Enrolment = {
      v: 1,
      appliance: key.appliance,
      tenant: 'local',
      name: ownName(),
      publicKey: key.publicKey,
    }
    writeFileDurably(file, `${JSON.stringify(enrolment, undefined, 2)}\n`, OWNER_ONLY)
  }
  return key
}

function ensureKey(file: string): ApplianceKey {
  if (!existsSync(file)) {
    const { key, pem } = makeApplianceKey()
    writeFileDurably(file, pem, OWNER_ONLY)
    return key
  }
  try {
    chmodSync(file, OWNER_ONLY)
    return readApplianceKey(readFileSync(file, 'utf8'))
  } catch {
    throw new StateError(
      `cannot read the appliance key ${file}; restore it, or remove it to become a new appliance`,
    )
  }
}

function ownName(): string {
  const name = hostname()
    .replaceAll(/[^A-Za-z0-9.-]/g, '')
    .slice(0, NAME_CHARS_MAX)
  return name === '' ? 'appliance' : name
}
