/** A share of one core for a process, by the control group of its own that it is put into. */
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Short, so that who has used up its share is not silent for long. */
const PERIOD_MICROS = 4_000
const ROOT = '/sys/fs/cgroup'

export interface ProcessorShare {
  /** Puts the process back where all are. */
  readonly end: () => void
}

/** Undefined where groups cannot be made: no root, or none of this kind. */
export function shareProcessor(pid: number, share: number): ProcessorShare | undefined {
  const isOld = existsSync(join(ROOT, 'cpu', 'cpu.cfs_quota_us'))
  const parent = isOld ? join(ROOT, 'cpu') : ROOT
  const group = join(parent, `edge-bench-${pid}`)
  const quota = Math.round(PERIOD_MICROS * share)
  try {
    mkdirSync(group, { recursive: true })
    if (isOld) {
      writeFileSync(join(group, 'cpu.cfs_period_us'), String(PERIOD_MICROS))
      writeFileSync(join(group, 'cpu.cfs_quota_us'), String(quota))
    } else {
      writeFileSync(join(parent, 'cgroup.subtree_control'), '+cpu')
      writeFileSync(join(group, 'cpu.max'), `${quota} ${PERIOD_MICROS}`)
    }
    writeFileSync(join(group, 'cgroup.procs'), String(pid))
  } catch {
    return undefined
  }
  return {
    end: () => {
      writeFileSync(join(parent, 'cgroup.procs'), String(pid))
      rmdirSync(group)
    },
  }
}
