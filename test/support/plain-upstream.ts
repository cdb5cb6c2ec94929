import type { ReadyUpstream } from '#agent/policy/ready-config.ts'

/** An upstream on loopback that is asked over UDP, as the configuration has it. */
export function plainUpstream(port: number): ReadyUpstream {
  return {
    address: '127.0.0.1',
    port,
    transport: 'udp',
    name: '',
    path: '',
    caFile: undefined,
    validates: false,
  }
}
