import { join } from 'node:path'
import type { AgentBase } from './agent-base.ts'
import type { AgentBypass } from './bypass/bypass-of-agent.ts'
import { type RunningCapture, startCapture } from './capture/start-capture.ts'
import { reportDevices } from './device-report/report-devices.ts'
import { registerReadings } from './metrics/agent-metrics.ts'
import type { ReadyConfig } from './policy/ready-config.ts'
import type { PolicyKeeper } from './policy-keeper.ts'
import { startIdentity } from './start-identity.ts'
import type { UpstreamSlot } from './upstream-slot.ts'

export interface NetworkParts {
  readonly keeper: PolicyKeeper
  readonly bypass: AgentBypass
  readonly upstreams: UpstreamSlot
}

export interface NetworkWatch {
  readonly capture: RunningCapture
  readonly use: (config: ReadyConfig) => void
  readonly close: () => Promise<void>
}

/** Who is on the network and what goes round us: the sources of identity, the capture, and what the collector is told of devices. */
export function watchNetwork(base: AgentBase, parts: NetworkParts): NetworkWatch {
  const { keeper, bypass, upstreams } = parts
  const identity = startIdentity(base, keeper, (name, type) =>
    upstreams.ask({ name, type, isDnssecOk: false, isCheckingDisabled: false }),
  )
  registerReadings(base.registry, identity.readings())
  const capture = startCapture({
    ...base,
    config: base.first,
    socket: join(base.stateDir, 'capture.sock'),
    onReport: (report) => {
      identity.report(report)
      bypass.report(report)
    },
  })
  const devices = reportDevices(base, {
    keeper,
    bypass,
    hasCapture: () => capture.status().state === 'running',
  })
  return {
    capture,
    use: (config) => {
      identity.use(config)
      capture.use(config)
    },
    close: async () => {
      devices.close()
      await Promise.all([capture.close(), identity.close()])
    },
  }
}
