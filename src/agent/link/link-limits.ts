import type { AssessLimits } from './assess.ts'

/** Every bound of the link monitor. */
export interface LinkLimits extends AssessLimits {
  /** One probe. */
  readonly timeoutMs: number
  /** Between rounds while a change is suspected. */
  readonly reprobeMs: number
  /** Length of a sample, aligned to the wall clock. */
  readonly sampleMs: number
  readonly upstreamsMax: number
  readonly targetsMax: number
}

export const DEFAULT_LINK_LIMITS: LinkLimits = {
  lossRatioMax: 0.2,
  rttMsMax: 500,
  lossProbesMin: 5,
  timeoutMs: 2000,
  reprobeMs: 1000,
  sampleMs: 300_000,
  upstreamsMax: 16,
  targetsMax: 16,
}
