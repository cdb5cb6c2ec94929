/** Prints how much heap the identity table of so many devices takes, all that can be known of each. Word: devices. */
import { IdentityTable } from '#agent/identity/identity-table.ts'
import { readyIdentity } from '#agent/policy/ready-identity.ts'
import { systemClock } from '#platform/clock.ts'
import { collectedHeapBytes } from '#test/support/collected-heap.ts'
import { tellFullDevices } from '#test/support/full-devices.ts'

const table = new IdentityTable(readyIdentity({}, '/'), systemClock, {
  onKeys: () => undefined,
  onUsers: () => undefined,
})
tellFullDevices(table.tell, 0)
const before = collectedHeapBytes()
tellFullDevices(table.tell, Number(process.argv[2]))
process.stdout.write(String(collectedHeapBytes() - before))
if (table.readings().crowdedOut > 0) throw new Error('more than the table takes')
