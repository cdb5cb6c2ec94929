import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { makeApplianceKey } from '#platform/http-signing.ts'
import { shortFolder } from './short-folder.ts'

/** A folder for an agent that the collector believes from its first request on. */
export function enrolledFolder(t: Test, enrolledDir: string): string {
  const folder = shortFolder(t)
  const { key, pem } = makeApplianceKey()
  const { appliance, publicKey } = key
  for (const path of ['state', 'state/agent']) mkdirSync(join(folder, path), { mode: 0o700 })
  writeFileSync(join(folder, 'state', 'agent', 'appliance.key'), pem, { mode: 0o600 })
  const enrolment = { v: 1, appliance, tenant: 'local', name: 'Northfield Primary', publicKey }
  writeFileSync(join(enrolledDir, `${appliance}.json`), JSON.stringify(enrolment))
  return folder
}
