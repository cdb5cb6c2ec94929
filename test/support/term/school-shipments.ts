/** What the box of a simulated school ships in some weeks of its stories. The same seed and weeks give the same but for ids. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EventDraft } from '#domain/event.ts'
import { isFailure } from '#domain/failure.ts'
import { runInProcess } from '#simulator/run/run-in-process.ts'
import { dayOfWeek } from '#simulator/school/school-year.ts'
import { playStories } from '#simulator/story/all-stories.ts'
import type { Story } from '#simulator/story/story.ts'
import { readStoryFile, shippedStoryFiles } from '#simulator/story/story-files.ts'
import { makeWorld } from '#simulator/world.ts'

export interface Shipment {
  readonly atMs: number
  readonly drafts: readonly EventDraft[]
}

/** As many as the stories that ship need. */
const DEVICES = 600

/** The stories alone: an ordinary day of everybody else would take minutes each and raise next to nothing. */
export function schoolShipments(seed: number, weeks: number): readonly Shipment[] {
  const world = makeWorld(seed, DEVICES)
  const stories = shippedStoryFiles().flatMap((file): readonly Story[] => {
    const story = readStoryFile(file)
    return isFailure(story) ? [] : [story]
  })
  const all = playStories(world, stories)
  if (isFailure(all)) throw new Error(all.detail)
  const folder = mkdtempSync(join(tmpdir(), 'edge-term-'))
  const shipments: Shipment[] = []
  try {
    runInProcess({
      world,
      stories: all,
      span: { fromDay: dayOfWeek(1, 0), toDay: dayOfWeek(weeks + 1, 0) - 1 },
      isEmpty: true,
      file: join(folder, 'collector.db'),
      onShip: (drafts, atMs) => shipments.push({ atMs, drafts: [...drafts] }),
    })
    return shipments
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
