import type { RogueServerSeen } from '#domain/capture-report.ts'

export const ROGUE_LIMITS = { servers: 256, toldEveryMs: 60_000 } as const

/** Tells each server that is not of the configuration once a minute. Full, it tells of no other until one is a minute old. */
export function makeRogueTable(
  tell: (report: RogueServerSeen) => void,
): (report: RogueServerSeen, nowMs: number) => void {
  const toldMs = new Map<string, number>()
  return (report, nowMs) => {
    const key = `${report.part} ${report.mac} ${report.address}`
    if (nowMs - (toldMs.get(key) ?? -Infinity) < ROGUE_LIMITS.toldEveryMs) return
    if (toldMs.size >= ROGUE_LIMITS.servers && !toldMs.has(key)) forgetOld(toldMs, nowMs)
    if (toldMs.size >= ROGUE_LIMITS.servers && !toldMs.has(key)) return
    toldMs.set(key, nowMs)
    tell(report)
  }
}

function forgetOld(toldMs: Map<string, number>, nowMs: number): void {
  for (const [key, at] of toldMs) if (nowMs - at >= ROGUE_LIMITS.toldEveryMs) toldMs.delete(key)
}
