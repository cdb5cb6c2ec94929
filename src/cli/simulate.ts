import { resolve } from 'node:path'
import { describeProblem } from '#agent/policy/problem.ts'
import { isFailure } from '#domain/failure.ts'
import { systemClock } from '#platform/clock.ts'
import { reportLines } from '#simulator/run/report-lines.ts'
import { simulate } from '#simulator/run/simulate.ts'
import { DEVICES_DEFAULT, DEVICES_MAX, DEVICES_MIN } from '#simulator/school/school.ts'
import { dayOfWeek, WEEKS_MAX } from '#simulator/school/school-year.ts'
import type { Story } from '#simulator/story/story.ts'
import { readStoryFile, shippedStoryFiles } from '#simulator/story/story-files.ts'
import { secondsOf } from '#simulator/traffic/generate.ts'
import { makeWorld } from '#simulator/world.ts'
import { type Command, type Invocation, valueOf } from './command.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { printable } from './terminal-text.ts'

const SEED_MAX = 0xffff_ffff

export const simulateCommand: Command = {
  usage: 'simulate [options]',
  about:
    'Plays a made-up school in this process, through the signals and alerts of this program, and tells what would have been raised. Nothing is asked over the network and nothing is kept. Without --story all stories that ship are played; docs/stories.md tells how to write one. All figures are simulated. Ends with 1 when a requirement is not met.',
  options: {
    seed: { value: 'N', help: 'another school, other days (default: 1)' },
    weeks: { value: 'N', help: `1 to ${WEEKS_MAX} (default: ${WEEKS_MAX})` },
    devices: {
      value: 'N',
      help: `${DEVICES_MIN} to ${DEVICES_MAX} (default: ${DEVICES_DEFAULT})`,
    },
    story: { value: 'FILE', help: 'play this one; may be given often', isRepeatable: true },
    'no-story': { help: "the school's own life alone" },
    'only-stories': { help: 'without the life of the school: quick, and silent on false alerts' },
    'nothing-set-aside': { help: 'teachers tell of no lesson beforehand' },
    lookups: { help: 'only make the lookups, count them and tell how fast' },
  },
  positionals: [0, 0],
  run: async (invocation) => runSimulate(invocation),
}

interface Wanted {
  readonly seed: number
  readonly weeks: number
  readonly devices: number
}

function runSimulate(invocation: Invocation): ExitCode {
  const wanted = readWanted(invocation)
  if (wanted === undefined) return EXIT.usage
  if (invocation.switches.has('lookups')) return countLookups(invocation, wanted)
  const stories = readStories(invocation)
  if (stories === undefined) return EXIT.foundWrong
  const startedMs = systemClock.monotonicMs()
  const report = simulate({
    ...wanted,
    stories,
    isEmpty: invocation.switches.has('only-stories'),
    isNothingSetAside: invocation.switches.has('nothing-set-aside'),
    onDay: (day, lookups) => {
      if (invocation.isTerminal) invocation.complain(`day ${day}: ${lookups} lookups so far`)
    },
  })
  if (isFailure(report)) {
    invocation.complain(printable(report.detail))
    return EXIT.foundWrong
  }
  for (const line of reportLines(report)) invocation.say(printable(line))
  const seconds = (systemClock.monotonicMs() - startedMs) / 1000
  invocation.say(`took ${seconds.toFixed(0)} s`)
  return report.bars.every(({ isHeld }) => isHeld) ? EXIT.ok : EXIT.foundWrong
}

function readWanted(invocation: Invocation): Wanted | undefined {
  const seed = readNumber(invocation, 'seed', 1, [0, SEED_MAX])
  const weeks = readNumber(invocation, 'weeks', WEEKS_MAX, [1, WEEKS_MAX])
  const devices = readNumber(invocation, 'devices', DEVICES_DEFAULT, [DEVICES_MIN, DEVICES_MAX])
  if (seed === undefined || weeks === undefined || devices === undefined) return undefined
  return { seed, weeks, devices }
}

function readNumber(
  invocation: Invocation,
  option: string,
  otherwise: number,
  [min, max]: readonly [number, number],
): number | undefined {
  const given = valueOf(invocation, option)
  if (given === undefined) return otherwise
  const number = /^\d{1,10}$/.test(given) ? Number(given) : Number.NaN
  if (number >= min && number <= max) return number
  invocation.complain(
    printable(`--${option} is a whole number from ${min} to ${max}, not ${given}`),
  )
  return undefined
}

/** All problems of all files are told before nothing is played. */
function readStories(invocation: Invocation): readonly Story[] | undefined {
  if (invocation.switches.has('no-story')) return []
  const given = invocation.values.get('story')
  const files = given?.map((file) => resolve(invocation.folder, file)) ?? shippedStoryFiles()
  const stories: Story[] = []
  let isGood = true
  for (const file of files) {
    const read = readStoryFile(file)
    if (!isFailure(read)) {
      stories.push(read)
      continue
    }
    isGood = false
    for (const one of read.problems) invocation.complain(printable(describeProblem(read.file, one)))
  }
  return isGood ? stories : undefined
}

function countLookups({ say }: Invocation, { seed, weeks, devices }: Wanted): ExitCode {
  const world = makeWorld(seed, devices)
  const startedMs = systemClock.monotonicMs()
  let lookups = 0
  let most = 0
  const span = { fromDay: dayOfWeek(1, 0), toDay: dayOfWeek(weeks + 1, 0) - 1 }
  for (const second of secondsOf(world, span)) {
    lookups += second.length
    most = Math.max(most, second.length)
  }
  const seconds = (systemClock.monotonicMs() - startedMs) / 1000
  say(
    `simulated: ${lookups} lookups in ${weeks} weeks, at most ${most} in one second, ${Math.round(lookups / seconds)} made a second`,
  )
  return EXIT.ok
}
