import { z } from 'zod'
import { BACKUP_CHECK } from '../selftest/check-backup.ts'
import type { SelftestReport } from '../selftest/selftest-report.ts'

const FAILURES_KEPT_MAX = 10
const TEXT_CHARS_MAX = 200
/** More is not of our making. */
const ROW_CHARS_MAX = 262_144

/** What one self-test found, as it is kept: evidence that the filter worked, without anything of a person. */
export interface ProofRow {
  readonly v: 1
  /** Milliseconds since the epoch. */
  readonly at: number
  /** Which configuration was in force. */
  readonly policy: string
  readonly passed: number
  readonly failed: number
  readonly unknown: number
  /** Things tried by check and group, `categories, ks3`: how many were right. */
  readonly right: Readonly<Record<string, number>>
  /** What was not, in words; the first ten. */
  readonly failures: readonly string[]
  /** Whether the second line was proven, and if not, why; rows of older boxes have none. */
  readonly backup?: string | undefined
  /** How each network was tried, `network pupils, ks3`: over a socket from there, or in the process alone; rows of older boxes have none. */
  readonly networks?: Readonly<Record<string, string>> | undefined
}

export function proofRow(report: SelftestReport, policy: string): ProofRow {
  const { at, passed, failed, unknown, checks } = report
  const failures = checks.flatMap((check) =>
    check.failed.map((text) => `${titleOf(check)}: ${text}`),
  )
  return {
    v: 1,
    at,
    policy,
    passed,
    failed,
    unknown,
    right: Object.fromEntries(checks.map((check) => [titleOf(check), check.passed])),
    failures: failures.slice(0, FAILURES_KEPT_MAX).map((text) => text.slice(0, TEXT_CHARS_MAX)),
    backup: backupWords(checks).slice(0, TEXT_CHARS_MAX),
    networks: Object.fromEntries(
      checks.flatMap((check) => (check.way === undefined ? [] : [[titleOf(check), check.way]])),
    ),
  }
}

const rowSchema: z.ZodType<ProofRow> = z.object({
  v: z.literal(1),
  at: z.number(),
  policy: z.string(),
  passed: z.number(),
  failed: z.number(),
  unknown: z.number(),
  right: z.record(z.string(), z.number()),
  failures: z.array(z.string()),
  backup: z.string().optional(),
  networks: z.record(z.string(), z.string()).optional(),
})

/** A line of the file; undefined for one that was cut off when the power went, or is not ours. */
export function readProofRow(line: string): ProofRow | undefined {
  if (line.length > ROW_CHARS_MAX) return undefined
  try {
    return rowSchema.safeParse(JSON.parse(line)).data
  } catch {
    return undefined
  }
}

function backupWords(checks: SelftestReport['checks']): string {
  const found = checks.find(({ check }) => check === BACKUP_CHECK)
  if (!found) return 'not proven: no second line is declared (link.backup-address)'
  const [failure] = found.failed
  if (failure !== undefined) return `failed: ${failure}`
  const [why] = found.unknown
  return why === undefined ? `proven, ${found.passed} things right` : `not proven: ${why}`
}

function titleOf({ check, group }: SelftestReport['checks'][number]): string {
  return group === undefined ? check : `${check}, ${group}`
}
