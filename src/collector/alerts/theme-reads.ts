import type { Sqlite } from '#platform/sqlite.ts'
import type { AlertLimits } from '../config/alert-limits.ts'
import { type Demotion, makeLearning, readPrecision, type ThemePrecision } from './learning.ts'
import { makeSnoozeTable, type Snooze } from './snooze-table.ts'

/** What pages read of themes. */
export interface ThemeReads {
  /** By theme and week of closing, oldest first. */
  readonly precision: (
    tenant: string,
    span: { readonly fromMs: number; readonly toMs: number },
  ) => readonly ThemePrecision[]
  readonly demotions: (tenant: string) => readonly Demotion[]
  /** Those that have not ended, the first to end first. */
  readonly snoozes: (tenant: string, nowMs: number) => readonly Snooze[]
}

export function makeThemeReads(db: Sqlite, limits: AlertLimits): ThemeReads {
  const { demotions } = makeLearning(db, limits)
  const { running } = makeSnoozeTable(db)
  return {
    precision: (tenant, span) => readPrecision(db, tenant, span),
    demotions,
    snoozes: (tenant, nowMs) => running(tenant, nowMs, limits.snoozesMax),
  }
}
