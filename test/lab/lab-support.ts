/** What the lab's machines run, and how it is waited for. */
import type { ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'

const START_MS = 60_000
export const POLL_MS = 50
export const SECRET = 'lab secret, known to nobody'
export const VLANS = [10, 20, 30] as const
export type Vlan = (typeof VLANS)[number]

/** What a client was answered: the response code, and the addresses. */
export interface LabAnswer {
  readonly status: string
  readonly text: string
}

/** Kea's configuration: leases of VLAN 30 in `path`. */
export function keaConfig(path: string, log: string, leaseSeconds: number): string {
  return JSON.stringify({
    Dhcp4: {
      'interfaces-config': { interfaces: ['eth30'] },
      'lease-database': { type: 'memfile', persist: true, name: path },
      'valid-lifetime': leaseSeconds,
      subnet4: [
        {
          id: 1,
          subnet: '203.0.113.0/24',
          pools: [{ pool: '203.0.113.100 - 203.0.113.120' }],
          'option-data': [{ name: 'routers', data: '203.0.113.1' }],
        },
      ],
      loggers: [{ name: 'kea-dhcp4', severity: 'INFO', output_options: [{ output: log }] }],
    },
  })
}

/** Waits until a program says so. */
export async function saidBy(child: ChildProcess, what: RegExp): Promise<void> {
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (part) => (said += String(part)))
  await until(() => what.test(said))
}

/** Throws where it does not come about. */
export async function until(holds: () => boolean, withinMs: number = START_MS): Promise<void> {
  const giveUpAt = performance.now() + withinMs
  while (!holds()) {
    if (performance.now() > giveUpAt) throw new Error('it did not come about in time')
    await sleep(POLL_MS)
  }
}
