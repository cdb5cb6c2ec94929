import { deviceName } from '#domain/device-name.ts'
import { type OwnerImport, type OwnersFault, readOwners } from './read-owners.ts'

/** Reads an import in one go, for a process that does nothing else meanwhile. Never throws. */
export function readAllOwners(
  text: string,
  groups: ReadonlySet<string>,
): OwnerImport | OwnersFault {
  const reading = readOwners(text, { groups, cleanName: deviceName })
  for (;;) {
    const step = reading.next()
    if (step.done) return step.value
  }
}
