import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Failure, isFailure } from '#domain/failure.ts'
import { dayOfWeek, instantOf, schoolDays } from '../school/school-year.ts'
import { playStories } from '../story/all-stories.ts'
import type { Story } from '../story/story.ts'
import { makeWorld } from '../world.ts'
import { barsOf } from './bars.ts'
import { figuresOf } from './figures.ts'
import { outcomeOf } from './outcome.ts'
import type { Report } from './report-lines.ts'
import { runInProcess } from './run-in-process.ts'

export interface SimulateOptions {
  readonly seed: number
  readonly devices: number
  /** From the first week on. */
  readonly weeks: number
  readonly stories: readonly Story[]
  /** The stories alone: quick, and says nothing of false alerts. */
  readonly isEmpty?: boolean
  /** No lesson of the school's own life is told of beforehand. */
  readonly isNothingSetAside?: boolean
  /** After each day, with its number since the first and the lookups so far. */
  readonly onDay?: (day: number, lookups: number) => void
}

/** Plays some weeks in this process and tells what came of them; a failure where the stories do not fit the school or each other. */
export function simulate(options: SimulateOptions): Report | Failure<'cast' | 'story'> {
  const { seed, devices, weeks, stories, isEmpty, isNothingSetAside, onDay } = options
  const world = makeWorld(seed, devices)
  const all = playStories(world, stories)
  if (isFailure(all)) return all
  const fromDay = dayOfWeek(1, 0)
  const toDay = dayOfWeek(weeks + 1, 0) - 1
  const folder = mkdtempSync(join(tmpdir(), 'edge-simulate-'))
  try {
    const { alerts, lookups, shipped, traces } = runInProcess({
      world,
      stories: all,
      span: { fromDay, toDay },
      ...(isEmpty !== undefined && { isEmpty }),
      ...(isNothingSetAside !== undefined && { isNothingSetAside }),
      file: join(folder, 'collector.db'),
      ...(onDay && { onDay: (day, count) => onDay(day - fromDay + 1, count) }),
    })
    const size = { pupils: world.school.pupils, schoolDays: schoolDays(weeks), weeks }
    const span = { fromMs: instantOf(fromDay, 0), toMs: instantOf(toDay + 1, 0) }
    const outcome = outcomeOf(all, alerts, span)
    const figures = figuresOf(outcome, alerts)
    const bars = barsOf(outcome, figures, traces, size)
    return { outcome, figures, bars, size, lookups, shipped }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
